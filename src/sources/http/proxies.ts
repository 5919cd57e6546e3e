import { InvalidInput } from '../../model/error.ts';

const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];

/**
 * The usual variables for proxies, as Node's agents read them (https://nodejs.org/api/http.html#built-in-proxy-support).
 * Node passes by what it cannot use without a word; so a scheme that is left out, which curl allows, is put in, and
 * what stays unusable is refused.
 * @throws InvalidInput (exit 2) naming the variable, not its value, which may hold a password.
 */
export function proxiesOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const proxies: NodeJS.ProcessEnv = {};
  for (const name of ['NO_PROXY', 'no_proxy']) if (env[name]) proxies[name] = env[name];
  for (const name of names) {
    const value = env[name];
    if (!value) continue;
    const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
    if (!/^https?:/i.test(url) || !URL.canParse(url)) {
      throw new InvalidInput({
        what: 'the proxy is no http(s) URL',
        where: name,
        next: `Set ${name} to a proxy such as http://proxy.example:3128, or unset it.`,
      });
    }
    proxies[name] = url;
  }
  return proxies;
}
