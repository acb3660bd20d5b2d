// The clients, in the order of the table's columns.
import { basicFtp } from './basic-ftp.mjs';
import { curl } from './curl.mjs';
import { ftplib } from './ftplib.mjs';
import { inetutils } from './inetutils.mjs';
import { lftp } from './lftp.mjs';
import { ncftp } from './ncftp.mjs';
import { rclone } from './rclone.mjs';
import { tnftp } from './tnftp.mjs';
import { wget } from './wget.mjs';

export const CLIENTS = [curl, lftp, tnftp, ncftp, inetutils, wget, ftplib, basicFtp, rclone];
