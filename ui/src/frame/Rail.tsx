import { Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { signOut } from "../api/queries";
import type { SessionInfo } from "../api/types";
import { pages } from "../router";
import { Icon } from "./icons";
import classes from "./Rail.module.css";

const schemes = [
  { value: "light", words: "Light" },
  { value: "dark", words: "Dark" },
  { value: "auto", words: "As the system" },
] as const;

/** The pages; a column of names, of icons on narrow windows, a bar at the bottom on phones. */
export function Rail({ session, onKeys }: { session: SessionInfo | undefined; onKeys: () => void }) {
  return (
    <nav className={classes.rail} aria-label="Pages">
      <Link to="/" search={{}} className={classes.brand} aria-label="Crowsnest, overview">
        <img src="/crow.svg" width="22" height="22" alt="" />
        <span className={classes.name}>Crowsnest</span>
      </Link>
      <ul className={classes.pages}>
        {pages.map((page) => (
          <li key={page.path}>
            <Link to={page.path} search={{}} className={classes.page} activeProps={{ "data-active": true }} activeOptions={{ exact: page.path === "/", includeSearch: false }} title={`${page.name} (g ${page.key})`}>
              <Icon name={page.icon} />
              <span className={classes.name}>{page.name}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className={classes.foot}>
        <SchemeMenu />
        <UnstyledButton className={classes.tool} data-keys onClick={onKeys} title="Keys (?)">
          <Icon name="keys" />
          <span className={classes.name}>Keys</span>
        </UnstyledButton>
        {session?.method === "session" ? <Person session={session} /> : null}
      </div>
    </nav>
  );
}

function SchemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="right-end" withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes.tool} title="Theme">
          <Icon name={colorScheme === "auto" ? "system" : colorScheme} />
          <span className={classes.name}>Theme</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map((scheme) => (
          <Menu.Item key={scheme.value} role="menuitemradio" aria-checked={colorScheme === scheme.value} leftSection={<Icon name={scheme.value === "auto" ? "system" : scheme.value} />} onClick={() => setColorScheme(scheme.value)}>
            {scheme.words}
            {colorScheme === scheme.value ? " ✓" : ""}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Person({ session }: { session: SessionInfo }) {
  const client = useQueryClient();
  const leave = async () => {
    await signOut();
    client.clear();
    await client.refetchQueries();
    location.reload();
  };
  return (
    <Menu position="right-end" withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes.tool} title={`Signed in with the token ${session.name}`}>
          <Icon name="person" />
          <span className={classes.name}>
            <bdi>{session.name}</bdi>
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Token <bdi>{session.name}</bdi>, role {session.role}
        </Menu.Label>
        <Menu.Item onClick={() => void leave()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
