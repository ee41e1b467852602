import { Link } from '../url/link.tsx';

interface TabsProps {
  label: string;
  tabs: readonly { name: string; text: string; to: `/${string}`; note?: string | undefined }[];
  current: string;
}

/** Views of a page. They are links: each has an address. */
export function Tabs({ label, tabs, current }: TabsProps) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ name, text, to, note }) => (
        <Link key={name} to={to} aria-current={name === current ? 'page' : undefined}>
          {text}
          {note !== undefined && <span className="tab-note">{note}</span>}
        </Link>
      ))}
    </nav>
  );
}
