import { visible } from "../../parts/EventText";
import { ClusterLink, InstanceLink, ServiceLink } from "../../parts/places";

/** Where an incident is: its cluster, and what in it. */
export function Where({ labels }: { labels: Record<string, string> }) {
  const { account = "", region = "", cluster = "", service, family, instance } = labels;
  if (cluster === "") return <bdi>{visible(service ?? family ?? instance ?? "an unnamed place")}</bdi>;
  const of = { account, region, cluster };
  return (
    <>
      <ClusterLink of={of} />
      {service ? (
        <>
          {" / "}
          <ServiceLink of={of} service={service} />
        </>
      ) : instance ? (
        <>
          {" / instance "}
          <InstanceLink of={of} instance={instance} />
        </>
      ) : family ? (
        <>
          {" / "}
          <bdi>{visible(family)}</bdi>
        </>
      ) : null}
    </>
  );
}
