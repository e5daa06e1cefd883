import { Button } from "@mui/material";
import { Component, type ReactNode } from "react";
import { Link } from "react-router-dom";
import { Page } from "../kit/Page";
import { Empty } from "../kit/states";

export function NotFound() {
  return (
    <Page title="No such page">
      <Empty
        title="There is no page at this address"
        action={
          <Button component={Link} to="/">
            Go to the first page
          </Button>
        }
      />
    </Page>
  );
}

/**
 * Shows that a page could not be loaded or drawn, instead of nothing. After an update of the service the parts of the
 * old page are gone, and a reload helps. Another address (`place`) is tried anew.
 */
export class PageBoundary extends Component<
  { place: string; children: ReactNode },
  { failed: unknown; at: string }
> {
  override state = { failed: null as unknown, at: "" };

  static getDerivedStateFromError(failed: unknown) {
    return { failed };
  }

  static getDerivedStateFromProps(props: { place: string }, state: { failed: unknown; at: string }) {
    return state.at === props.place ? null : { failed: null, at: props.place };
  }

  override render() {
    const { failed } = this.state;
    if (failed === null) return this.props.children;
    return (
      <Page title="This page failed">
        <Empty
          title="The page could not be shown"
          action={
            <Button variant="contained" onClick={() => window.location.reload()}>
              Reload
            </Button>
          }
        >
          {failed instanceof Error ? failed.message : "Unknown error"}. What you typed is kept.
        </Empty>
      </Page>
    );
  }
}
