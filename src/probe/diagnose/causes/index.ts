// Every cause, the ones that stop all transfers first.
import type { Cause } from './cause.ts';
import {
  announcementRefused,
  eprtNotRewritten,
  oneAddressBlocked,
  passiveBlocked,
  synDropped,
  synRejected,
} from './path.ts';
import { noFixedPort, noPrivilege, portNotShared, portTaken, tupleInTimeWait } from './port.ts';
import { helperBlind, replyBeforeData, sessionEnded, tlsDataFails, tlsReuseRequired } from './server.ts';

export { unexplained } from './server.ts';

export const CAUSES: readonly Cause[] = [
  announcementRefused,
  noPrivilege,
  portTaken,
  synDropped,
  synRejected,
  sessionEnded,
  portNotShared,
  tupleInTimeWait,
  eprtNotRewritten,
  oneAddressBlocked,
  helperBlind,
  tlsReuseRequired,
  tlsDataFails,
  replyBeforeData,
  noFixedPort,
  passiveBlocked,
];
