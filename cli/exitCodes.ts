/** What the process's exit code says; the README's table is the same. */
export const exitCode = {
  done: 0,
  failed: 1,
  wrongInput: 2,
  halted: 3,
  locked: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
