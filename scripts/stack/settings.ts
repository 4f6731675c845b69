/** What may be told to the local stack by environment variables. */
import { z } from 'zod';
import { dataDirectory } from './places.ts';
import { freePorts, type WantedPort } from './ports.ts';

const PORTS = {
  API_PORT: 3000,
  TEMPORAL_PORT: 7233,
  TEMPORAL_UI_PORT: 8233,
  POSTGRES_PORT: 5433,
  MAILBOX_SMTP_PORT: 1025,
  MAILBOX_HTTP_PORT: 8025,
  INBOUND_PORT: 2525,
} as const;

type PortVariable = keyof typeof PORTS;

/** Every port variable with a port of its own that is free now: for a stack beside others. */
export async function freePortVariables(): Promise<Record<PortVariable, string>> {
  const names = Object.keys(PORTS) as PortVariable[];
  const ports = await freePorts(names.length);
  return Object.fromEntries(names.map((name, index) => [name, String(ports[index])])) as Record<PortVariable, string>;
}

/** Settings of a stack; what is external is not started. */
export interface StackSettings {
  /** Keeps all of its data. */
  readonly directory: string;
  readonly ports: Readonly<Record<PortVariable, number>>;
  readonly databaseUrl?: string;
  readonly temporalAddress?: string;
  readonly temporalNamespace: string;
  readonly smtpUrl?: string;
}

const Port = z.coerce.number().int().min(1).max(65_535);

/** @throws Error naming every variable that is wrong. */
export function readSettings(variables: NodeJS.ProcessEnv): StackSettings {
  const problems: string[] = [];
  if (variables.NODE_ENV === 'production') {
    problems.push('NODE_ENV is "production": this stack has tokens that anybody may know; it is not for production.');
  }
  const portOf = (variable: PortVariable): number => {
    const parsed = Port.safeParse(variables[variable] || PORTS[variable]);
    if (!parsed.success) problems.push(`${variable} must be a port, 1 to 65535.`);
    return parsed.data ?? PORTS[variable];
  };
  const ports = Object.fromEntries(
    Object.keys(PORTS).map((variable) => [variable, portOf(variable as PortVariable)]),
  ) as Record<PortVariable, number>;
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return {
    directory: dataDirectory(variables.RELANCE_DATA),
    ports,
    temporalNamespace: variables.TEMPORAL_NAMESPACE || 'default',
    ...(variables.DATABASE_URL && { databaseUrl: variables.DATABASE_URL }),
    ...(variables.TEMPORAL_ADDRESS && { temporalAddress: variables.TEMPORAL_ADDRESS }),
    ...(variables.SMTP_URL && { smtpUrl: variables.SMTP_URL }),
  };
}

/** The ports that this stack listens on. */
export function wantedPorts({ ports, databaseUrl, temporalAddress, smtpUrl }: StackSettings): WantedPort[] {
  const port = (variable: PortVariable, what: string): WantedPort => ({ variable, port: ports[variable], what });
  return [
    port('API_PORT', 'API'),
    port('INBOUND_PORT', 'incoming mail'),
    ...(databaseUrl ? [] : [port('POSTGRES_PORT', 'PostgreSQL')]),
    ...(temporalAddress ? [] : [port('TEMPORAL_PORT', 'Temporal'), port('TEMPORAL_UI_PORT', 'Temporal UI')]),
    ...(smtpUrl ? [] : [port('MAILBOX_SMTP_PORT', 'outgoing mail'), port('MAILBOX_HTTP_PORT', 'mailbox page')]),
  ];
}
