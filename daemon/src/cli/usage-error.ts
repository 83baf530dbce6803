/** The command line itself is wrong; exit code 2. Says what is wrong and what would be right. */
export class UsageError extends Error {}
