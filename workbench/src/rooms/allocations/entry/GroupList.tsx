import {
  Alert,
  Box,
  Button,
  Checkbox,
  FormHelperText,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  TextField,
  Typography,
} from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import { memo, type Ref, useCallback, useEffect, useRef, useState } from "react";
import {
  type OrderCapacity,
  type PortfolioGroup,
  type Side,
  useGetDeskQuery,
  useListPortfolioGroupsQuery,
} from "../../../api/generated/api";
import { messageOf } from "../../../api/problems";
import { count, face, money, UNKNOWN } from "../../../kit/format";
import { IdLink } from "../../../kit/links";
import { Empty, ErrorNote, Loading } from "../../../kit/states";
import { useAppSelector } from "../../../store";
import { selectDraft } from "../draftSlice";
import { AccountsCould } from "./AccountsCould";
import { capacityText, everyGroupRequest, partIn } from "./capacityRequests";
import { type Capacity, useCapacity } from "./useCapacity";

/** So many groups are seen at a glance; more of them get a field that narrows the list. */
const GLANCE = 10;
const NOT_ON_PHONES = { display: { xs: "none", sm: "table-cell" } };

/** The groups that an order can be split over, with what each could take of it. */
export function GroupList({
  chosen,
  onChange,
  error,
  inputRef,
  together,
}: {
  chosen: readonly string[];
  onChange: (groups: string[]) => void;
  error?: string;
  inputRef: Ref<HTMLInputElement>;
  /** What the chosen groups could take together of this order. */
  together: Capacity;
}) {
  const groups = useListPortfolioGroupsQuery();
  const { data: desk } = useGetDeskQuery();
  const draft = useAppSelector(selectDraft);
  const [words, setWords] = useState("");
  const all = groups.data?.portfolio_groups;
  const change = useChange(chosen, onChange);
  const every = useCapacity(everyGroupRequest(draft, all?.map((group) => group.group_id) ?? [], desk));
  if (!all && groups.error)
    return <ErrorNote error={groups.error} onRetry={groups.refetch} title="The groups cannot be shown" />;
  if (!all) return <Loading label="Loading the groups" height={180} />;
  if (all.length === 0)
    return <Empty title="You see no portfolio groups">An administrator can give you some.</Empty>;
  const wanted = words.toLowerCase();
  const shown = all.filter((group) => `${group.group_id} ${group.group_name}`.toLowerCase().includes(wanted));
  return (
    <>
      {all.length > GLANCE && (
        <TextField
          label="Find a group"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          sx={{ mb: 1, width: 260 }}
        />
      )}
      <TableContainer sx={{ maxHeight: 360 }}>
        <Table stickyHeader aria-label="Portfolio groups">
          <Head side={draft.side} />
          <TableBody>
            {shown.map((group, index) => (
              <GroupRow
                key={group.group_id}
                group={group}
                chosen={chosen.includes(group.group_id)}
                onChange={change}
                inputRef={index === 0 ? inputRef : undefined}
                capacity={every.data}
                busy={every.busy}
              />
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      <Unseen chosen={chosen} groups={all} onChange={onChange} />
      {error && <FormHelperText error>{error}</FormHelperText>}
      <Together chosen={chosen.length} capacity={together} every={every} />
    </>
  );
}

/** Puts a group in or out; the same function for all rows at all times, so that they are not drawn with every key. */
function useChange(chosen: readonly string[], onChange: (groups: string[]) => void) {
  const latest = useRef({ chosen, onChange });
  useEffect(() => {
    latest.current = { chosen, onChange };
  });
  return useCallback((id: string, on: boolean) => {
    const { chosen: before, onChange: tell } = latest.current;
    tell(on ? [...before, id] : before.filter((other) => other !== id));
  }, []);
}

function Head({ side }: { side: Side }) {
  return (
    <TableHead>
      <TableRow>
        <TableCell padding="checkbox">
          <Box component="span" sx={visuallyHidden}>
            Chosen
          </Box>
        </TableCell>
        <TableCell>Group</TableCell>
        <TableCell align="right">Accounts</TableCell>
        <TableCell align="right" sx={NOT_ON_PHONES}>
          NAV
        </TableCell>
        <TableCell align="right" sx={{ whiteSpace: "nowrap" }}>
          Could {partIn(side)}
        </TableCell>
      </TableRow>
    </TableHead>
  );
}

/** Chosen groups that are not in the list, such as those of an order that another user made. */
function Unseen(props: {
  chosen: readonly string[];
  groups: readonly PortfolioGroup[];
  onChange: (groups: string[]) => void;
}) {
  const known = new Set(props.groups.map((group) => group.group_id));
  const unseen = props.chosen.filter((id) => !known.has(id));
  if (unseen.length === 0) return null;
  const takeOff = () => props.onChange(props.chosen.filter((id) => known.has(id)));
  return (
    <Alert
      severity="error"
      variant="outlined"
      sx={{ mt: 1 }}
      action={<Button onClick={takeOff}>Take off</Button>}
    >
      Not among the groups that you see: {unseen.join(", ")}.
    </Alert>
  );
}

const GroupRow = memo(function GroupRow(props: {
  group: PortfolioGroup;
  chosen: boolean;
  onChange: (id: string, on: boolean) => void;
  inputRef?: Ref<HTMLInputElement>;
  capacity: OrderCapacity | null;
  busy: boolean;
}) {
  const { group, chosen, onChange, inputRef, capacity, busy } = props;
  const takes = capacity?.groups.find(({ group_id }) => group_id === group.group_id);
  const name = `${group.group_id} ${group.group_name}`;
  const could = takes ? face(takes.capacity) : busy ? "…" : UNKNOWN;
  return (
    <TableRow hover selected={chosen} sx={{ height: 33 }}>
      <TableCell padding="checkbox">
        <Checkbox
          sx={{ p: 0.5 }}
          checked={chosen}
          onChange={(_event, on) => onChange(group.group_id, on)}
          slotProps={{ input: { "aria-label": name, ref: inputRef } }}
        />
      </TableCell>
      <TableCell sx={{ maxWidth: 0, width: "100%" }}>
        <Typography noWrap variant="body2" title={name}>
          <IdLink of="group" id={group.group_id} label={group.group_id} />{" "}
          <Box component="span" sx={{ color: "text.secondary" }}>
            {group.group_name}
          </Box>
        </Typography>
      </TableCell>
      <TableCell align="right" sx={{ whiteSpace: "nowrap", minWidth: 92 }}>
        {takes && capacity ? <AccountsCould takes={takes} capacity={capacity} /> : count(group.account_count)}
      </TableCell>
      <TableCell align="right" sx={NOT_ON_PHONES}>
        {money(group.total_nav)}
      </TableCell>
      <TableCell
        align="right"
        sx={{ minWidth: 118, color: takes?.capacity === 0 ? "error.main" : undefined }}
      >
        <span key={could}>{could}</span>
      </TableCell>
    </TableRow>
  );
});

/** What the chosen groups could take together, in words, at a place that keeps its height. */
function Together({ chosen, capacity, every }: { chosen: number; capacity: Capacity; every: Capacity }) {
  const words = capacity.data && capacityText(capacity.data);
  const failing = capacity.error ? capacity : every.error ? every : null;
  return (
    <Typography
      variant="body2"
      role="status"
      color={words?.short || failing ? "error" : "textSecondary"}
      sx={{ minHeight: 40, mt: 1, fontWeight: words?.short ? 650 : 400 }}
    >
      {words?.text ??
        (failing
          ? `What groups could take is not known. ${messageOf(failing.error)}`
          : chosen > 0 && capacity.busy
            ? "Asking what the chosen groups could take"
            : "With bond, size and groups, what they could take of this order is shown here.")}
      {failing && <Button onClick={failing.retry}>Try again</Button>}
    </Typography>
  );
}
