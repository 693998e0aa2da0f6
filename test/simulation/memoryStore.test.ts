import { describeEventStore } from '../infra/eventStoreContract.ts';
import { emptyMemory, openMemoryEventStore } from './memoryStore.ts';

describeEventStore('the memory of a simulated run', () => {
  const memory = emptyMemory();
  return { open: () => openMemoryEventStore(memory), close: () => {} };
});
