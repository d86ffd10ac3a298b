import { Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { ApiProblem } from "../api/client";
import { useSession } from "../api/queries";
import { TimeControl } from "../time/TimeControl";
import { PastBar } from "../time/PastBar";
import { usePageTime } from "../time/useTime";
import { HealthDot } from "./HealthDot";
import { useKeys } from "./keys";
import { Rail } from "./Rail";
import { focusSearch, SearchBox } from "./SearchBox";
import classes from "./Frame.module.css";

// Only who asks for them waits for them.
const Palette = lazy(() => import("./Palette").then((part) => ({ default: part.Palette })));
const KeysHelp = lazy(() => import("./KeysHelp").then((part) => ({ default: part.KeysHelp })));
const SignIn = lazy(() => import("./SignIn").then((part) => ({ default: part.SignIn })));

/** What stands around every page: rail, search, time, health; and the way in, when one has to sign in. */
export function Frame() {
  const session = useSession();
  const navigate = useNavigate();
  const { isLive, setTime } = usePageTime();
  const [isPaletteOpen, openPalette] = useState(false);
  const [isHelpOpen, openHelp] = useState(false);
  useKeys({
    "/": focusSearch,
    "mod+k": () => openPalette((is) => !is),
    "?": () => openHelp(true),
    "g o": () => void navigate({ to: "/", search: {} }),
    "g e": () => void navigate({ to: "/explore", search: {} }),
    "g c": () => void navigate({ to: "/clusters", search: {} }),
    "g i": () => void navigate({ to: "/incidents", search: {} }),
    "g a": () => void navigate({ to: "/capacity", search: {} }),
    "g r": () => void navigate({ to: "/rules", search: {} }),
    "g p": () => void navigate({ to: "/pipeline", search: {} }),
    "g l": () => setTime({ mode: "live", last: "24h" }),
  });

  if (session.error instanceof ApiProblem && session.error.status === 401) return (
      <Suspense>
        <SignIn />
      </Suspense>
    );
  return (
    <div className={classes.frame} data-past={!isLive || undefined}>
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <Rail session={session.data} onKeys={() => openHelp(true)} />
      <div className={classes.rest}>
        <div className={classes.head}>
          <SearchBox onPalette={() => openPalette(true)} />
          <TimeControl />
          <HealthDot />
        </div>
        <PastBar />
        <main id="main" className={classes.main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Suspense>
        {isPaletteOpen ? <Palette onClose={() => openPalette(false)} /> : null}
        {isHelpOpen ? <KeysHelp onClose={() => openHelp(false)} /> : null}
      </Suspense>
    </div>
  );
}
