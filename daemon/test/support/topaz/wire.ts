/** Shapes of the Topaz Video API's JSON (OpenAPI "Video API 1.0.0"). Times are milliseconds since 1970. */

export interface Resolution {
  width: number;
  height: number;
}

/** What a client says of its file when it orders. */
export interface Source {
  /** Lower case. */
  container: string;
  /** Bytes. */
  size: number;
  /** Seconds. */
  duration: number;
  frameCount: number;
  frameRate: number;
  resolution: Resolution;
}

export interface Filter {
  model: string;
  [parameter: string]: unknown;
}

export interface Output {
  resolution: Resolution;
  frameRate: number;
  videoEncoder: Encoder;
  videoProfile: string;
  container: string;
  audioTransfer: 'Copy' | 'Convert' | 'None';
  audioCodec?: 'AAC' | 'AC3' | 'PCM' | undefined;
  /** kbit/s */
  audioBitrate?: string | undefined;
  dynamicCompressionLevel?: 'Low' | 'Mid' | 'High' | undefined;
  videoBitrate?: string | undefined;
  cropToFit?: boolean | undefined;
}

export type Encoder = 'AV1' | 'H264' | 'H265' | 'ProRes' | 'VP9';

/** An order as it arrives: what the field tables let through. */
export interface Order {
  source: Source;
  filters: Filter[];
  output: Pick<Output, 'resolution' | 'frameRate' | 'audioTransfer'> & Asked;
}

/** Fields of the output that a client may leave to the service. */
export type Asked = { [Field in keyof Output]?: Output[Field] | undefined };

/** An order as the service keeps it: defaults filled in, sizes and rates settled. */
export interface SettledOrder {
  source: Source;
  filters: Filter[];
  output: Output;
}

/** Both are [lower bound, upper bound]; the lower bound of the cost is what is charged. */
export interface Quote {
  /** Credits. */
  cost: [number, number];
  /** Seconds. */
  time: [number, number];
}

export type Status =
  | 'requested'
  | 'accepted'
  | 'initializing'
  | 'preprocessing'
  | 'processing'
  | 'postprocessing'
  | 'complete'
  | 'canceling'
  | 'canceled'
  | 'failed';

export interface Transaction {
  operation: 'reserve' | 'commit' | 'rollback';
  amount: number;
}

/** One entry of `errors[]`, as express-validator writes them. */
export interface FieldError {
  type: 'field';
  path: string;
  location: 'body';
  msg: string;
  value: unknown;
}

/** An answer other than success. */
export class Refusal extends Error {
  readonly status: number;
  readonly errorCode: string;
  readonly errors: FieldError[] | undefined;

  constructor(status: number, errorCode: string, message: string, errors?: FieldError[]) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.errors = errors;
  }
}

export const refused = {
  invalid: (message: string) => new Refusal(400, 'INVALID_INPUT', message),
  fields: (errors: FieldError[]) => new Refusal(400, 'INVALID_INPUT', 'Invalid input', errors),
  unauthorized: () => new Refusal(401, 'UNAUTHORIZED', 'Unauthorized'),
  credits: () => new Refusal(402, 'INSUFFICIENT_CREDITS', 'Insufficient credits'),
  forbidden: () => new Refusal(403, 'FORBIDDEN', 'Forbidden'),
  notFound: () => new Refusal(404, 'INVALID_INPUT', 'Not Found'),
  maintenance: (message: string) => new Refusal(503, 'SERVER_MAINTENANCE', message),
};
