import { Autocomplete, TextField } from "@mui/material";
import { useListMarketAssetsQuery } from "../../api/generated/api";
import { messageOf } from "../../api/problems";
import { count } from "../../kit/format";

/** The service takes no more assets at once. */
export const MAX_ASSETS = 50;

function useSymbols() {
  const { data, error, isFetching } = useListMarketAssetsQuery();
  return {
    symbols: data?.assets.map(({ symbol }) => symbol) ?? [],
    failure: error && !data ? messageOf(error) : undefined,
    isFetching,
  };
}

/** Assets that have prices, several of them. */
export function AssetsField({
  value,
  onChange,
  error,
}: {
  value: readonly string[];
  onChange: (assets: string[]) => void;
  error?: string;
}) {
  const { symbols, failure, isFetching } = useSymbols();
  const message = error ?? failure;
  return (
    <Autocomplete
      multiple
      disableCloseOnSelect
      options={symbols}
      value={[...value]}
      loading={isFetching}
      noOptionsText="No asset has prices yet"
      getOptionDisabled={() => value.length >= MAX_ASSETS}
      onChange={(_event, assets) => onChange(assets)}
      slotProps={{ chip: { size: "small" } }}
      renderInput={(props) => (
        <TextField
          {...props}
          label="Assets"
          error={message !== undefined}
          helperText={message ?? `${count(value.length)} of at most ${MAX_ASSETS}`}
        />
      )}
    />
  );
}

/** One asset to compare with, or none. */
export function BenchmarkField({
  value,
  onChange,
  error,
}: {
  value: string | null;
  onChange: (asset: string | null) => void;
  error?: string;
}) {
  const { symbols, failure } = useSymbols();
  const message = error ?? failure;
  return (
    <Autocomplete
      options={symbols}
      value={value}
      noOptionsText="No asset has prices yet"
      onChange={(_event, asset) => onChange(asset)}
      renderInput={(props) => (
        <TextField
          {...props}
          label="Benchmark"
          error={message !== undefined}
          helperText={message ?? "Empty: none"}
        />
      )}
    />
  );
}
