import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { NotificationItem, NotificationPage } from "../../api/types";

/** So many of the latest messages are looked at. */
export const messagesMax = 200;

/** The latest messages to receivers, newest first, anew every few seconds. */
export const useMessages = () =>
  useQuery({
    queryKey: ["notifications", messagesMax],
    queryFn: ({ signal }) => get<NotificationPage>("/api/v1/notifications", { limit: messagesMax }, signal),
    refetchInterval: 5_000,
    retry: false,
  });

export interface ReceiverState {
  name: string;
  integrations: string[];
  sent: number;
  waiting: number;
  failed: number;
  /** When a message was delivered last. */
  deliveredAt: string | undefined;
}

/** How each receiver is, as far as these messages say. */
export function receiversOf(items: readonly NotificationItem[]): ReceiverState[] {
  const receivers = new Map<string, ReceiverState>();
  for (const item of items) {
    const known = receivers.get(item.receiver) ?? { name: item.receiver, integrations: [], sent: 0, waiting: 0, failed: 0, deliveredAt: undefined };
    receivers.set(item.receiver, known);
    if (!known.integrations.includes(item.integration)) known.integrations.push(item.integration);
    if (item.state === "sent") {
      known.sent++;
      if (known.deliveredAt === undefined || item.dueAt > known.deliveredAt) known.deliveredAt = item.dueAt;
    } else if (item.state === "failed") known.failed++;
    else known.waiting++;
  }
  return [...receivers.values()].sort((a, b) => a.name.localeCompare(b.name));
}
