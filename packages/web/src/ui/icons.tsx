/** Drawn on a grid of 20 by 20 with lines of the text's colour; they say nothing to a screen reader. */
import type { ReactNode } from 'react';

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="svg-icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const icon = (path: string) => () => (
  <Icon>
    <path d={path} />
  </Icon>
);

export const CloseIcon = icon('M5 5l10 10M15 5L5 15');
export const SearchIcon = icon('M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM13.2 13.2L17 17');
export const SunIcon = icon(
  'M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1',
);
export const MoonIcon = icon('M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z');
export const AutoIcon = icon(
  'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 3v14M10 6l5.5 1.6M10 10h7M10 14l5.5-1.6',
);
export const KeyIcon = icon('M7 10a3.2 3.2 0 1 0 0 .1M10 10h7.5v3M14.5 10v2.5');
export const UpIcon = icon(
  'M7 9l3-6c1.4 0 2 .9 2 2l-.4 3H16c1 0 1.6.9 1.4 1.8l-1.2 5c-.2.7-.8 1.2-1.5 1.2H7M7 9v7H3.5V9z',
);
export const DownIcon = icon(
  'M7 11l3 6c1.4 0 2-.9 2-2l-.4-3H16c1 0 1.6-.9 1.4-1.8l-1.2-5C16 4.500 15.400 4 14.700 4H7M7 11V4H3.500v7z',
);
export const LinkIcon = icon(
  'M8.5 11.500a3 3 0 0 0 4.300.2l2.700-2.700a3 3 0 0 0-4.200-4.200l-1 1M11.500 8.500a3 3 0 0 0-4.300-.2L4.500 11a3 3 0 0 0 4.200 4.200l1-1',
);
export const MoreIcon = icon('M4 6h12M4 10h8M4 14h5M14.500 12v5M12 14.500h5');
export const DownloadIcon = icon('M10 3v9M6.500 9l3.500 3.500L13.500 9M4 16.500h12');
export const WhyIcon = icon('M3.500 16.500v-5M8 16.500V8M12.500 16.500v-6M17 16.500v-12');
export const FilterIcon = icon('M3 5h14M5.500 10h9M8 15h4');
export const LassoIcon = icon(
  'M10 4c4.400 0 7.500 2 7.500 4.500S14.400 13 10 13s-7.500-2-7.500-4.500S5.600 4 10 4zM6 12.600c-1.500 1-1.500 3 .5 3.400 1.600.3 1.500 1.500.5 2',
);
export const PlusIcon = icon('M10 4v12M4 10h12');
export const MinusIcon = icon('M4 10h12');
export const FitIcon = icon('M4 8V4h4M16 8V4h-4M4 12v4h4M16 12v4h-4');
export const PinIcon = icon('M10 12v5M6.500 3.500h7l-1 5 2.500 3.500H5l2.500-3.500z');
