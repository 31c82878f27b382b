/** What the exit code of every command says. */
export const exitCodes = {
  ok: 0,
  problemsFound: 1,
  usage: 2,
  failure: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
