import { execa } from 'execa';
import { claim } from './machine-lock.ts';

export interface Bridge {
  readonly name: string;
  readonly subnet: string;
  readonly gateway: string;
  /** Takes the bridge and the firewall rules that speak of it away. */
  remove(): Promise<void>;
}

/** A bridge name and a subnet that no other engine on this machine has, so that engines can run side by side. */
export async function claimBridge(): Promise<Bridge> {
  for (let number = 0; number < 250; number++) {
    const release = await claim(`bridge-${number}`);
    if (release === undefined) continue;
    const name = `halobox${number}`;
    const prefix = `10.213.${number}`;
    const sweep = () => removeTraces(name, `${prefix}.0/24`);
    await sweep(); // what a killed run left under this number
    return {
      name,
      subnet: `${prefix}.0/24`,
      gateway: `${prefix}.1`,
      async remove() {
        await sweep();
        release();
      },
    };
  }
  throw new Error('all 250 test bridges of this machine are taken');
}

/**
 * Docker's floor needs a bridge that is there. Forwarding is switched on before a dockerd does it: the one that does
 * also sets the machine's FORWARD policy to DROP (https://docs.docker.com/engine/network/packet-filtering-firewalls/),
 * which would outlive the test and cut off the engines beside it.
 */
export async function raiseBridge({ name, gateway }: Bridge): Promise<void> {
  await execa('sysctl', ['-qw', 'net.ipv4.ip_forward=1']);
  await execa('ip', ['link', 'add', 'name', name, 'type', 'bridge']);
  await execa('ip', ['address', 'add', `${gateway}/24`, 'dev', name]);
  await execa('ip', ['link', 'set', name, 'up']);
}

async function removeTraces(name: string, subnet: string): Promise<void> {
  const isInSubnet = (word: string) => word.startsWith(subnet.replace('.0/24', '.'));
  await execa('ip', ['link', 'delete', name], { reject: false });
  for (const table of ['filter', 'nat', 'raw']) {
    const iptables = (...args: string[]) =>
      execa('iptables', ['--wait', '--table', table, ...args], { reject: false });
    const { stdout: rules } = await iptables('--list-rules');
    for (const rule of rules.split('\n')) {
      const words = (rule.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
      if (words[0] !== '-A' || !(words.includes(name) || words.some(isInSubnet))) continue;
      await iptables('--delete', ...words.slice(1)); // none is left when a container that ended did the same
      const target = words[words.indexOf('-j') + 1] ?? '';
      if (!/^NETAVARK-[0-9A-F]+$/.test(target)) continue;
      await iptables('--flush', target);
      await iptables('--delete-chain', target);
    }
  }
}
