import { Button, Menu } from "@mantine/core";
import { addressOf } from "../../api/client";
import { Icon } from "../../frame/icons";
import type { Explore } from "./useExplore";
import type { Tail } from "./useTail";
import classes from "./ExplorePage.module.css";

/** What can be done with what is found: follow it, take it away. */
export function Toolbar({ explore, time, isLive, isFollowing, onFollow, tail }: { explore: Explore; time: { from?: string; to?: string }; isLive: boolean; isFollowing: boolean; onFollow: (is: boolean) => void; tail: Tail }) {
  return (
    <div className={classes.toolbar}>
      {isLive ? (
        <Button
          size="compact-sm"
          variant={isFollowing ? "filled" : "default"}
          leftSection={<Icon name={isFollowing ? "pause" : "play"} size={13} />}
          aria-pressed={isFollowing}
          title={isFollowing ? "New events come in by themselves. Click to hold them." : "New events are counted and held. Click to let them in as they come."}
          onClick={() => onFollow(!isFollowing)}
        >
          {isFollowing ? "Pause" : "Follow"}
        </Button>
      ) : null}
      {isLive && !tail.isConnected ? (
        <span className={classes.quiet} role="status">
          not connected
        </span>
      ) : null}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="compact-sm" variant="default" leftSection={<Icon name="download" size={13} />}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>All that matches, oldest first</Menu.Label>
          <Menu.Item component="a" href={addressOf("/api/v1/export", { q: explore.q, ...time, format: "ndjson" })} download="events.ndjson">
            NDJSON: whole events, can be read in again
          </Menu.Item>
          <Menu.Item component="a" href={addressOf("/api/v1/export", { q: explore.q, ...time, format: "csv" })} download="events.csv">
            CSV: for spreadsheets
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
