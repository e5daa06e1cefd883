import { Box, Button, Typography } from "@mui/material";
import { useState } from "react";
import { useListAllocationFixMessagesQuery } from "../../../api/generated/api";
import { count, dateTime, words } from "../../../kit/format";
import { Empty, ErrorNote, Loading } from "../../../kit/states";
import { useReadFixTextQuery } from "./fixText";

/** The allocation as a FIX message by Aladdin's present word, and the messages that left. */
export function FixPart({ allocationId, committed }: { allocationId: string; committed: boolean }) {
  const [messageId, setMessageId] = useState<string | undefined>(undefined);
  const left = useListAllocationFixMessagesQuery({ allocationId }, { skip: !committed });
  const messages = left.data?.messages ?? [];
  if (!committed)
    return <Empty title="No FIX message yet">There is one when the allocation has been committed.</Empty>;
  return (
    <Box sx={{ display: "grid", gap: 1 }}>
      <Text allocationId={allocationId} messageId={messageId} />
      {left.error && <ErrorNote error={left.error} onRetry={left.refetch} />}
      <Typography variant="h3">
        {messages.length === 1 ? "1 message left" : `${count(messages.length)} messages left`}
        {left.data?.next_cursor && " and more before"}
      </Typography>
      <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
        {messages.map((message) => (
          <li key={message.alloc_id}>
            <Button
              onClick={() => setMessageId(message.alloc_id)}
              aria-pressed={messageId === message.alloc_id}
            >
              {message.alloc_id}
            </Button>{" "}
            {words(message.trans_type)}, {words(message.alloc_type).toLowerCase()},{" "}
            {dateTime(message.sent_at)} by {message.sent_by}
          </li>
        ))}
      </Box>
      {messageId && (
        <Button sx={{ justifySelf: "start" }} onClick={() => setMessageId(undefined)}>
          Show it by Aladdin's present word
        </Button>
      )}
    </Box>
  );
}

function Text({ allocationId, messageId }: { allocationId: string; messageId?: string }) {
  const { currentData, error, refetch } = useReadFixTextQuery({ allocationId, messageId });
  if (error) return <ErrorNote error={error} onRetry={refetch} />;
  if (currentData === undefined) return <Loading label="Reading the FIX message" height={120} />;
  return (
    <Box
      component="pre"
      tabIndex={0}
      role="region"
      aria-label="FIX message"
      sx={{
        m: 0,
        p: 1,
        border: 1,
        borderColor: "divider",
        borderRadius: 1,
        maxHeight: 280,
        overflow: "auto",
        fontSize: 12,
        whiteSpace: "pre-wrap",
        overflowWrap: "anywhere",
      }}
    >
      {currentData.split("|").map((field, index, fields) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: tags repeat, and their order is fixed.
        <span key={index}>
          {field}
          {index < fields.length - 1 && "|"}
          <wbr />
        </span>
      ))}
    </Box>
  );
}
