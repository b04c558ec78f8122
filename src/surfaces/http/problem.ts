/** An error as HTTP clients read it: RFC 9457, `application/problem+json`. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

export const PROBLEM_TYPE = 'application/problem+json';

export function problemJson({ status, title, detail }: Problem): string {
  return `${JSON.stringify({ type: 'about:blank', title, status, detail })}\n`;
}
