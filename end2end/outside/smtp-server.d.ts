// What is used of it here; the package brings no types.
declare module "smtp-server" {
  import { EventEmitter } from "node:events";
  interface Session {
    envelope: { rcptTo: { address: string }[] };
  }
  interface Options {
    authOptional: boolean;
    disabledCommands: string[];
    closeTimeout: number;
    onData(stream: AsyncIterable<Buffer>, session: Session, done: (error?: Error | null) => void): void;
  }
  export class SMTPServer extends EventEmitter {
    constructor(options: Options);
    listen(port: number, host: string, done: () => void): void;
    close(done: () => void): void;
  }
}
