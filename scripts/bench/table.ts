/** A line of the report: what something cost, or a ratio with its limit. */
export interface Row {
  name: string;
  fps?: number;
  wallSeconds?: number;
  cpuSeconds?: number | null;
  memory?: Record<string, number>;
  ratio?: number;
  /** The ratio should not be larger … */
  limit?: number;
  /** … or not smaller than this. */
  atLeast?: number;
}

export function printTable(rows: readonly Row[]): string {
  return rows
    .map((row) => `${row.name.padEnd(50)} ${row.ratio === undefined ? cost(row) : ratio(row, row.ratio)}\n`)
    .join('');
}

function cost({ fps = 0, wallSeconds = 0, cpuSeconds, memory = {} }: Row): string {
  const cpu = typeof cpuSeconds === 'number' ? `${cpuSeconds.toFixed(2)} s CPU` : '';
  const peaks = Object.entries(memory).map(([name, bytes]) => `${name} ${Math.round(bytes / 1e6)} MB`);
  return [
    `${fps.toFixed(2)} fps`.padStart(11),
    `${wallSeconds.toFixed(2)} s`.padStart(9),
    cpu.padStart(12),
    peaks.join(', '),
  ].join('  ');
}

function ratio({ limit, atLeast }: Row, value: number): string {
  const wanted = limit === undefined ? `at least ${atLeast}` : `at most ${limit}`;
  const met = limit === undefined ? value >= (atLeast ?? 0) : value <= limit;
  return `${value.toFixed(3).padStart(11)}  ${wanted.padEnd(14)} ${met ? 'met' : 'missed'}`;
}
