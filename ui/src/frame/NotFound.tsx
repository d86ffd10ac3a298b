import { Link } from "@tanstack/react-router";
import { Empty } from "../parts/Answer";

/** No page has this address. */
export function NotFound() {
  return (
    <Empty title="There is no page at this address">
      It may come from a newer version. <Link to="/" search={{}}>Overview</Link> and <Link to="/explore" search={{}}>Explore</Link> are there.
    </Empty>
  );
}
