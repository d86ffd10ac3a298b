import type { Place } from "../api/resources";

/** A cluster as far as it is named: its name alone may be that of several. */
export type Somewhere = Partial<Pick<Place, "account" | "region">> & { cluster: string };

/** A cluster as an address names it: with its account and region where they are known. */
export const clusterId = ({ account, region, cluster }: Somewhere): string => (account && region ? `${account}:${region}:${cluster}` : cluster);

/** Its values and no others, for a query or a list: things of a cluster are given where the cluster is asked for. */
export const placeOf = ({ account, region, cluster }: Somewhere): { account?: string; region?: string; cluster: string } => ({ ...(account ? { account } : {}), ...(region ? { region } : {}), cluster });

/** What an address names. */
export function readClusterId(id: string): Somewhere {
  const [, account, region, cluster] = /^([^:]*):([^:]*):(.+)$/s.exec(id) ?? [];
  return account && region && cluster ? { account, region, cluster } : { cluster: id };
}
