import { BudgetError } from './errors.ts';
import type { Budget } from './types.ts';

/** What was spent of a budget. What is under way counts as spent, so that many requests at once cannot overdraw it. */
export interface Spending {
  /** Throws BudgetError when a request of about so many tokens is not to be had any more. */
  check(tokens: number): void;
  reserve(tokens: number): void;
  /** The request was answered with so many tokens, or came to nothing. A try counts as a request in any case. */
  settle(reserved: number, tokens: number): void;
  readonly requests: number;
  readonly tokens: number;
  readonly money: number;
}

export function openSpending(budget: Budget): Spending {
  let [requests, tokens] = [0, 0];
  const moneyOf = (count: number) => (count * (budget.pricePerMillionTokens ?? 0)) / 1e6;
  const checkOne = (what: string, spent: number, next: number, limit: number | undefined) => {
    if (limit !== undefined && spent + next > limit) throw new BudgetError(what, spent, limit);
  };
  return {
    check: (wanted) => {
      checkOne('requests', requests, 1, budget.requests);
      checkOne('tokens', tokens, wanted, budget.tokens);
      checkOne('of money', moneyOf(tokens), moneyOf(wanted), budget.money);
    },
    reserve: (wanted) => {
      requests++;
      tokens += wanted;
    },
    settle: (reserved, counted) => {
      tokens += counted - reserved;
    },
    get requests() {
      return requests;
    },
    get tokens() {
      return tokens;
    },
    get money() {
      return moneyOf(tokens);
    },
  };
}
