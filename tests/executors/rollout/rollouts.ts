import type { RolloutFields } from '../../../src/core/model/fields.js';
import type { PlanPart } from '../../../src/core/model/plan.js';
import type { RolloutData } from '../../../src/executors/rollout/data.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { Lab } from '../support/lab.js';

/** A stack, and the rollouts of it. */
export class Rollouts {
  readonly lab = new Lab();

  constructor(readonly stack = new ComposeStack()) {}

  fields(): RolloutFields {
    return { services: [], compose: this.stack.file, stable_for: 1, timeout: 20 };
  }

  plan(more: Partial<RolloutFields> = {}): Promise<PlanPart<RolloutData>> {
    return this.lab.plan(rollout, { ...this.fields(), ...more });
  }

  clean(): void {
    this.stack.clean();
    this.lab.clean();
  }
}
