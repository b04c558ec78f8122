import type { Access } from './access.js';
import { type TaskRef, taskLog } from './calls.js';
import { endIn } from './task-log.js';

/** Reads a task's log bit by bit. */
export interface LogReader {
  /**
   * Passes on the lines that are new.
   * @param toEnd the task has ended: read until nothing more comes, however few lines come at once
   */
  read(toEnd: boolean): Promise<void>;
  /** Was the line read that ends every task's log? */
  isComplete(): boolean;
}

/** Lines asked for at once; Proxmox's own default is 50. */
const LINES = 500;
/** Answers read in one go while the task runs, so that a stop is seen. */
const AT_ONCE = 20;

/** Each line is passed on once and in order. */
export function logReader(access: Access, task: TaskRef, onLine: (line: string) => void): LogReader {
  let read = 0;
  let isComplete = false;
  return {
    isComplete: () => isComplete,
    read: async (toEnd) => {
      for (let answers = 0; toEnd || answers < AT_ONCE; answers += 1) {
        const lines = await taskLog(access, task, read, LINES);
        for (const { t } of lines) onLine(t);
        read += lines.length;
        const last = lines.findLast(({ t }) => t.trim() !== '');
        if (last) isComplete = endIn(last.t) !== null;
        if (lines.length === 0 || (lines.length < LINES && (!toEnd || isComplete))) return;
      }
    },
  };
}
