import { connect, createServer, type Socket } from 'node:net';

/** Lets a port of 127.0.0.1 lead to a server (`host:port`), as if that had come back there. */
export function startForwarding(port: number, server: string): { stop(): void } {
  const [host, upstream] = server.split(':');
  const sockets = new Set<Socket>();
  const proxy = createServer((socket) => {
    const onward = connect(Number(upstream), host);
    sockets.add(socket).add(onward);
    socket
      .on('error', () => onward.destroy())
      .pipe(onward.on('error', () => socket.destroy()))
      .pipe(socket);
  });
  proxy.listen(port, '127.0.0.1');
  return {
    stop() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
