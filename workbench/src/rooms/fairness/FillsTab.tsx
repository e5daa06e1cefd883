export default function FillsTab() {
  return null;
}
