/** What is measured: which workload, on how many clusters. */

/** W1a: equal on all clusters. W1b: every file different. W3: one image changed on a deployment like W1b. */
export const workloads = ['W1a', 'W1b', 'W3'] as const;
export type Workload = (typeof workloads)[number];

export interface BenchCase {
  readonly workload: Workload;
  readonly clusters: number;
  readonly round: number;
}

export const appNames = ['cart', 'catalog', 'orders', 'payments', 'search'] as const;

/** Project, cluster provider and repository of a case have one name. */
export const toCaseName = ({ workload, clusters, round }: BenchCase): string =>
  `${workload.toLowerCase()}-${clusters}-${round}`;

export const toClusterName = (index: number): string => `c${String(index).padStart(5, '0')}`;
