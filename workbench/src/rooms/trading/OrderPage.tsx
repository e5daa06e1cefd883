import { Alert, AlertTitle, Box, Button, Stack, Typography } from "@mui/material";
import { useState } from "react";
import { useParams } from "react-router-dom";
import { type OrderDetail, useGetOrderQuery } from "../../api/generated/api";
import { isLost, messageOf } from "../../api/problems";
import { EvidenceBreaks } from "../../kit/EvidenceBreaks";
import { FactStrip } from "../../kit/FactStrip";
import { count, date, dateTime, face, price, words } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { SideMark } from "../../kit/Side";
import { Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { CancelDialog } from "./CancelDialog";
import { FillsSection } from "./FillsSection";
import { ModifyDialog } from "./ModifyDialog";
import { filledShare, filledWords, isWorking, STATE_HELP, STATE_WORDS, statusWords } from "./orderWords";
import { SlicesSection } from "./SlicesSection";
import { BLOTTER_POLL_MILLISECONDS } from "./useBlotter";

export default function OrderPage() {
  const { orderId = "" } = useParams();
  if (!usePermission("orders:read")) return <NotPermitted title="Order" permission="orders:read" />;
  return <OrderById key={orderId} orderId={orderId} />;
}

function OrderById({ orderId }: { orderId: string }) {
  const { data, error, refetch } = useGetOrderQuery(
    { orderId },
    { pollingInterval: BLOTTER_POLL_MILLISECONDS, skipPollingIfUnfocused: true },
  );
  if (data) return <OrderView order={data} error={error} />;
  return (
    <Page title={`Order ${orderId}`}>
      {error ? (
        <NotRead what="order" error={error} onRetry={refetch} all={{ to: "/orders", label: "All orders" }} />
      ) : (
        <Loading label="Loading the order" height="60vh" />
      )}
    </Page>
  );
}

function OrderView({ order, error }: { order: OrderDetail; error: unknown }) {
  return (
    <Page
      title={`Order ${order.order_id}`}
      subtitle={
        <>
          <SideMark side={order.side} /> {face(order.quantity)} face of{" "}
          <IdLink
            of="security"
            id={order.security_id}
            label={order.security_description ?? order.security_id}
          />
        </>
      }
      actions={<OrderActions order={order} />}
    >
      <Stack spacing={2}>
        {error !== undefined && !isLost(error) && (
          <Alert severity="warning">This order is not refreshing: {messageOf(error)}</Alert>
        )}
        <EvidenceBreaks breaks={order.evidence_breaks}>
          What is stored of this order is not as the audit trail has it. It can be cancelled, not changed.
        </EvidenceBreaks>
        <OrderNotes order={order} />
        <FactStrip facts={factsOf(order)} />
        <SlicesSection order={order} />
        <FillsSection order={order} />
      </Stack>
    </Page>
  );
}

function factsOf(order: OrderDetail) {
  const { quantity, previewed_quantity: previewed } = order;
  return [
    ["Status", statusWords(order.status)],
    ["Face", previewed === quantity ? face(quantity) : `${face(quantity)} (previewed ${face(previewed)})`],
    ["Filled", <Filled key="filled" order={order} />],
    ["Average price", price(order.average_price)],
    ["Fills are", STATE_WORDS[order.allocation_state]],
    ["Settlement", date(order.settlement_date)],
    ["Groups", order.portfolio_groups.join(", ")],
    [
      "Allocation",
      <span key="allocation">
        <IdLink of="allocation" id={order.allocation_id} /> {words(order.allocation_status)}
      </span>,
    ],
    ["Created", `${order.created_by}, ${dateTime(order.created_at)}`],
    ["Changed", dateTime(order.updated_at)],
    ["Changes at Aladdin", count(order.touch_count)],
  ] as const;
}

function Filled({ order }: { order: OrderDetail }) {
  return (
    <Box sx={{ minWidth: 150 }}>
      {filledWords(order)}
      <Box aria-hidden sx={{ height: 4, borderRadius: 2, bgcolor: "divider", mt: 0.25, overflow: "hidden" }}>
        <Box sx={{ height: 1, width: `${(filledShare(order) ?? 0) * 100}%`, bgcolor: "primary.main" }} />
      </Box>
    </Box>
  );
}

function OrderNotes({ order }: { order: OrderDetail }) {
  return (
    <>
      {order.allocation_state === "DIFFERENT" && (
        <Alert severity="error" variant="filled" role="alert">
          <AlertTitle sx={{ fontSize: "0.875rem" }}>Different from Aladdin's booking</AlertTitle>
          {STATE_HELP.DIFFERENT}
        </Alert>
      )}
      {order.status === "UNREPORTED" && (
        <Alert severity="warning" variant="outlined">
          Aladdin does not show this order at the moment. What is below is as it was last recorded.
        </Alert>
      )}
      {order.warnings.length > 0 && (
        <Alert severity="warning" variant="outlined">
          Aladdin's booking breaks {order.warnings.length === 1 ? "a rule" : "rules"} of the preview; it is of
          record all the same.
          <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
            {order.warnings.map((warning) => (
              <li key={`${warning.type} ${warning.account_id}`}>
                <IdLink of="account" id={warning.account_id} />: {warning.message}
              </li>
            ))}
          </Box>
        </Alert>
      )}
    </>
  );
}

function OrderActions({ order }: { order: OrderDetail }) {
  const [doing, setDoing] = useState<"modify" | "cancel" | null>(null);
  const mayWrite = usePermission("orders:write");
  if (!mayWrite) return null;
  const isOver = !isWorking(order);
  return (
    <Stack direction="row" useFlexGap sx={{ gap: 1, alignItems: "center", flexWrap: "wrap" }}>
      {isOver && <Typography color="textSecondary">The order is over</Typography>}
      <Button variant="outlined" color="error" disabled={isOver} onClick={() => setDoing("cancel")}>
        Cancel…
      </Button>
      <Button variant="contained" disabled={isOver} onClick={() => setDoing("modify")}>
        Modify…
      </Button>
      {doing === "modify" && <ModifyDialog order={order} onClose={() => setDoing(null)} />}
      {doing === "cancel" && <CancelDialog orders={[order]} onClose={() => setDoing(null)} />}
    </Stack>
  );
}
