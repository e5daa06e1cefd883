/** A part that could not be loaded: after an update of the service the parts of the old page are gone. */
export function Unloaded() {
  return (
    <p role="alert" style={{ margin: 4 }}>
      A part of the page could not be loaded.{" "}
      <button type="button" onClick={() => window.location.reload()}>
        Reload
      </button>
    </p>
  );
}
