/** Where the terms send what concerns a product. */
import type { ContractTerms } from './terms.ts';

/** Where a product's escalations go, and by which of the publisher's priorities. */
export interface PublisherOfProduct {
  readonly contract: string;
  /** The publisher's priority. */
  readonly priority: string;
}

/** Undefined where the terms name no publisher's contract for the product, or do not have it. */
export function publisherOf(terms: ContractTerms, product: string, priority: string): PublisherOfProduct | undefined {
  const named = terms.products?.list[product];
  const mapped = named?.publisherPriorities?.[priority];
  if (named?.publisherContract === undefined || mapped === undefined) return undefined;
  return { contract: named.publisherContract, priority: mapped };
}
