import { Alert, Box, Button, Typography } from "@mui/material";
import { useCallback, useMemo, useRef, useState } from "react";
import { Link, useNavigate } from "react-router-dom";
import type { Order } from "../../api/generated/api";
import { isLost, messageOf } from "../../api/problems";
import { count } from "../../kit/format";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import type { RowAction } from "../../kit/grid/RowMenu";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { Empty, ErrorNote } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { usePermission } from "../../session/usePermission";
import { CancelDialog } from "./CancelDialog";
import { copyOrder } from "./copyOrder";
import { ModifyDialog } from "./ModifyDialog";
import { OrderFilters } from "./OrderFilters";
import { ORDER_CELLS, ORDER_COLUMNS } from "./orderColumns";
import { isWorking, totalsWords } from "./orderWords";
import { SHOWN, type Shown, useBlotter } from "./useBlotter";

const FILTERS = ["show", "group", "text"] as const;
/** Height of what is above the grid and below it, so that the page itself need not scroll. */
const AROUND_GRID = 190;
const SELECTION_BAR = 56;

const NONE: ReadonlySet<string> = new Set();
const orderId = (order: Order) => order.order_id;

export default function OrdersPage() {
  if (!usePermission("orders:read")) return <NotPermitted title="Orders" permission="orders:read" />;
  return <Blotter />;
}

/** What is done with which orders at the moment. */
type Doing = { what: "cancel"; orders: readonly Order[] } | { what: "modify"; order: Order };

function Blotter() {
  const [filters, change] = useUrlFilters(FILTERS);
  const shown: Shown = SHOWN.find((choice) => choice === filters.show) ?? "open";
  const { orders, error, refetch, isLive, isCut } = useBlotter(shown, filters.group);
  const [chosenIds, setChosenIds] = useState<ReadonlySet<string>>(NONE);
  const chosen = useMemo(
    () => orders?.filter((order) => chosenIds.has(order.order_id)) ?? [],
    [orders, chosenIds],
  );
  const choose = useCallback((rows: readonly Order[]) => setChosenIds(new Set(rows.map(orderId))), []);
  const [doing, setDoing] = useState<Doing | null>(null);
  const mayWrite = usePermission("orders:write");
  const menu = useOrderMenu(mayWrite, setDoing);
  const navigate = useNavigate();
  const open = useCallback((order: Order) => navigate(PAGE_OF.order(order.order_id)), [navigate]);
  const total = useMemo(() => (orders ? totalsWords(orders) : ""), [orders]);
  return (
    <Page
      title="Orders"
      subtitle={
        orders &&
        `${total} · ${isLive ? "as Aladdin shows them now" : "as last recorded, up to 15 seconds ago"}`
      }
    >
      {isCut && (
        <Alert severity="info" sx={{ mb: 1 }}>
          The newest {count(orders?.length)} orders are shown. Choose a group, or open ones alone, to see
          older ones.
        </Alert>
      )}
      {orders && error !== undefined && !isLost(error) && (
        <Alert severity="warning" sx={{ mb: 1 }}>
          These orders are not refreshing: {messageOf(error)}
        </Alert>
      )}
      <Box sx={ORDER_CELLS}>
        <LazyGrid<Order>
          label="Orders"
          layout="orders"
          toolbar={<OrderFilters shown={shown} group={filters.group} text={filters.text} onChange={change} />}
          instead={
            !orders && error !== undefined ? (
              <ErrorNote error={error} onRetry={refetch} title="Orders cannot be read" />
            ) : (
              orders?.length === 0 && <NoOrders shown={shown} group={filters.group} />
            )
          }
          rows={orders}
          columns={ORDER_COLUMNS}
          plain
          rowId={orderId}
          onOpen={open}
          onSelect={mayWrite ? choose : undefined}
          menu={menu}
          quickFilter={filters.text}
          height={`max(320px, calc(100vh - ${AROUND_GRID + (chosen.length > 0 ? SELECTION_BAR : 0)}px))`}
          emptyText="No order has these words"
        />
      </Box>
      {chosen.length > 0 && (
        <SelectionBar chosen={chosen} onCancel={() => setDoing({ what: "cancel", orders: chosen })} />
      )}
      {doing?.what === "cancel" && <CancelDialog orders={doing.orders} onClose={() => setDoing(null)} />}
      {doing?.what === "modify" && <ModifyDialog order={doing.order} onClose={() => setDoing(null)} />}
    </Page>
  );
}

/** The menu of an order's row. What the user may not do is not in it; what the order no longer takes says so. */
function useOrderMenu(mayWrite: boolean, begin: (doing: Doing) => void) {
  const navigate = useNavigate();
  const latest = useRef({ begin, navigate });
  latest.current = { begin, navigate };
  return useMemo(
    () => ({
      name: (order: Order) => `order ${order.order_id}`,
      actions: (order: Order): RowAction[] => {
        const disabled = isWorking(order) ? undefined : "The order is over";
        const actions: RowAction[] = [
          { label: "Open", onClick: () => latest.current.navigate(PAGE_OF.order(order.order_id)) },
          {
            label: "Open allocation",
            onClick: () => latest.current.navigate(PAGE_OF.allocation(order.allocation_id)),
          },
          { label: "Copy", onClick: () => void copyOrder(order) },
        ];
        if (mayWrite)
          actions.push(
            { label: "Modify…", disabled, onClick: () => latest.current.begin({ what: "modify", order }) },
            {
              label: "Cancel…",
              disabled,
              tone: "error",
              onClick: () => latest.current.begin({ what: "cancel", orders: [order] }),
            },
          );
        return actions;
      },
    }),
    [mayWrite],
  );
}

function SelectionBar({ chosen, onCancel }: { chosen: readonly Order[]; onCancel: () => void }) {
  const working = chosen.filter(isWorking).length;
  return (
    <Box
      role="region"
      aria-label="Selected orders"
      sx={{
        display: "flex",
        alignItems: "center",
        gap: 2,
        mt: 1,
        p: 1,
        bgcolor: "background.paper",
        border: 1,
        borderColor: "primary.main",
        borderRadius: 1,
      }}
    >
      <Typography role="status" sx={{ fontWeight: 650 }}>
        {chosen.length === 1 ? "1 order" : `${count(chosen.length)} orders`} selected
      </Typography>
      <Button variant="contained" color="error" onClick={onCancel} disabled={working === 0}>
        Cancel…
      </Button>
      {working < chosen.length && (
        <Typography color="textSecondary">
          {working === 0 ? "None of them works any more" : `${count(working)} of them can be cancelled`}
        </Typography>
      )}
      <Typography color="textSecondary" sx={{ ml: "auto", display: { xs: "none", md: "block" } }}>
        Ctrl+C copies them
      </Typography>
    </Box>
  );
}

function NoOrders({ shown, group }: { shown: Shown; group: string }) {
  const mayOrder = usePermission("allocations:preview");
  if (shown === "different")
    return <Empty title="No order is different">What Aladdin has booked is what is filled.</Empty>;
  return (
    <Empty
      title={shown === "open" ? "No open orders" : "No orders yet"}
      action={
        mayOrder && (
          <Button component={Link} to="/workbench" variant="contained">
            New order
          </Button>
        )
      }
    >
      {group ? `Nothing of group ${group}. ` : ""}
      {shown === "open"
        ? "Orders that are over are under All."
        : "Committed allocations appear here as orders."}
    </Empty>
  );
}
