/** The page speaks English, so its numbers and dates do, too. */
export const LOCALE = 'en';
