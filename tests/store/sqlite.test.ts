import { openTemporary } from './opened.js';
import { storeContract } from './store-contract.js';

storeContract('SQLite', openTemporary);
