import { refused, type Transaction } from './wire.ts';

export interface LedgerEntry extends Transaction {
  requestId: string;
}

/**
 * An account and everything that ever happened to its credits. A reservation is settled once: what it took is committed,
 * the rest is rolled back, and both together are the reservation.
 */
export class Account {
  readonly ledger: LedgerEntry[] = [];
  private granted: number;

  constructor(credits: number) {
    this.granted = credits;
  }

  /** Credits that are neither spent nor reserved. */
  get available(): number {
    return this.granted - this.sum('reserve') + this.sum('rollback');
  }

  get reserved(): number {
    return this.sum('reserve') - this.sum('commit') - this.sum('rollback');
  }

  get charged(): number {
    return this.sum('commit');
  }

  /** As if credits were bought, or spent elsewhere. */
  grant(credits: number): void {
    this.granted += credits;
  }

  /** Throws the refusal `INSUFFICIENT_CREDITS`. */
  reserve(requestId: string, amount: number): void {
    if (amount > this.available) throw refused.credits();
    this.ledger.push({ requestId, operation: 'reserve', amount });
  }

  /** Ends a reservation. Does nothing where there is none open. */
  settle(requestId: string, toCommit: number): void {
    const open = this.openReservation(requestId);
    const committed = Math.min(open, toCommit);
    if (committed > 0) this.ledger.push({ requestId, operation: 'commit', amount: committed });
    if (open > committed) this.ledger.push({ requestId, operation: 'rollback', amount: open - committed });
  }

  openReservation(requestId: string): number {
    const amounts = { reserve: 0, commit: 0, rollback: 0 };
    for (const { operation, amount } of this.of(requestId)) amounts[operation] += amount;
    return amounts.reserve - amounts.commit - amounts.rollback;
  }

  transactions(requestId: string): Transaction[] {
    return this.of(requestId).map(({ operation, amount }) => ({ operation, amount }));
  }

  private of(requestId: string): LedgerEntry[] {
    return this.ledger.filter((entry) => entry.requestId === requestId);
  }

  private sum(operation: Transaction['operation']): number {
    return this.ledger.filter((entry) => entry.operation === operation).reduce((sum, { amount }) => sum + amount, 0);
  }
}
