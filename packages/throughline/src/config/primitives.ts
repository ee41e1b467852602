/** Small values that several sections of the config are made of. */
import { z } from 'zod';

export const duration = z.string().regex(/^[1-9]\d*(ms|s|m|h)$/, 'a time is a number and ms, s, m or h: 60s');
export const count = z.int().min(1);
