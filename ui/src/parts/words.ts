import type { StatusCluster } from "../api/types";

/** "1 service", "3 services". */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** The names of clusters as short as they are clear: name, then what tells it from another of that name. */
export function namesOf(clusters: readonly Pick<StatusCluster, "account" | "region" | "name">[]): (account: string, region: string, name: string) => { name: string; more: string } {
  return (account, region, name) => {
    const same = clusters.filter((one) => one.name === name);
    if (same.length < 2) return { name, more: "" };
    const sameRegion = same.filter((one) => one.region === region);
    if (sameRegion.length < 2) return { name, more: region };
    return { name, more: same.filter((one) => one.account === account).length < 2 ? account : `${account} ${region}` };
  };
}
