import { writeFileSync } from 'node:fs';
import { protocolFile, protocolPage } from './protocol.ts';

writeFileSync(protocolFile, protocolPage());
console.log(protocolFile);
