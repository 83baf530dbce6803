/** Facts that an error sentence may mention. Values are shown to the user: never put secrets here. */
export type ErrorData = Readonly<Record<string, string | number | boolean | null>>;

export interface ErrorRow {
  /** HTTP status of the same error over REST. */
  status: number;
  /** May the same request succeed later without changing it? Decides the Retry button and automatic retries. */
  retryable: boolean;
  /** What happened, in the user's words. */
  say: (data: ErrorData) => string;
  /** What to do about it. */
  next: (data: ErrorData) => string;
}

export const row = (status: number, retryable: boolean, say: ErrorRow['say'], next: ErrorRow['next']): ErrorRow => ({
  status,
  retryable,
  say,
  next,
});

/** Its name: whoever throws may know the whole path, which says no more to the reader. */
export const file = (data: ErrorData): string => `“${String(data['file'] ?? 'the file').replace(/^.*[/\\]/, '')}”`;

export const service = (data: ErrorData): string => String(data['service'] ?? 'The cloud service');
