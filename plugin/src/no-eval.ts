import { config } from 'zod';

// The page's content policy forbids making code from text; zod would try. Must be imported before any schema is made.
config({ jitless: true });
