/** What a request says about where it comes from. */
export interface RequestOrigin {
  host: string | undefined;
  origin: string | undefined;
  /** The browser's own word on who asked (Sec-Fetch-Site); absent outside browsers. */
  fetchSite?: string | undefined;
}

/** `own`: the dashboard that this daemon served. `local`: a program, which has to prove itself. */
export type Verdict = 'own' | 'local' | 'refused';

const hostNames = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Decides before anything else is looked at. The exact Host stops DNS rebinding; the Origin stops web pages, which always
 * send one. Comparing the two with each other would stop neither.
 */
export function judge({ host, origin, fetchSite }: RequestOrigin, port: number): Verdict {
  const hosts = hostNames.map((name) => `${name}:${port}`);
  if (host === undefined || !hosts.includes(host.toLowerCase())) return 'refused';
  if (fetchSite === 'cross-site' || fetchSite === 'same-site') return 'refused';
  if (origin === undefined) return 'local';
  if (hosts.some((own) => origin.toLowerCase() === `http://${own}`)) return 'own';
  if (origin === 'null' || /^https?:/i.test(origin)) return 'refused';
  // file:// and whatever an application's own browser calls itself: its proof decides.
  return 'local';
}
