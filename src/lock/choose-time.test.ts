import { describe, expect, it, test } from 'vitest';
import { choose } from './choose.ts';
import { image, nightlies, paired, reasons, stampOf } from './testing/small-image.ts';

describe('time', () => {
  const three = nightlies('7.15.0a20260630', '7.15.0a20260702', '7.15.0a20260703');

  it('goes back to a day, by the stamps where the place tells no dates', () => {
    const choice = choose(image(three, paired, { asOf: '2026-07-02' }));
    expect(stampOf(choice)).toBe('7.15.0a20260702');
    expect(reasons(choice)[0]).toBe('rocm 7.15.0a20260703: made after --as-of 2026-07-02');
  });

  it('believes the place before the stamp, to the last moment of the day in UTC', () => {
    const dated = (date: string) => {
      const problem = image(
        { torch: '2.11.0+7.15.0a20260703 2.11.0+7.15.0a20260630' },
        { sets: { rocm: { members: ['torch'] } } },
        { asOf: '2026-07-03' },
      );
      const [torch] = problem.members;
      const [first, second] = torch!.candidates;
      return stampOf(
        choose({ ...problem, members: [{ ...torch!, candidates: [{ ...first!, date }, second!] }] }),
      );
    };
    expect(dated('2026-07-03T23:59:59.999Z')).toBe('7.15.0a20260703');
    expect(dated('2026-07-03T23:59:59')).toBe('7.15.0a20260703');
    expect(dated('2026-07-04')).toBe('7.15.0a20260630');
    expect(dated('2026-07-03T23:30:00-01:00')).toBe('7.15.0a20260630');
    // What is no date tells nothing, and the stamp does.
    expect(dated('2026-02-30')).toBe('7.15.0a20260703');
    expect(dated('soon')).toBe('7.15.0a20260703');
  });

  it('leaves out what has no date beside what has one, and says where no date is known at all', () => {
    const choice = choose(
      image({ ...nightlies('7.14.0', '7.13.0a20260601'), vllm: '0.27.1' }, paired, { asOf: '2026-07-02' }),
    );
    expect(stampOf(choice)).toBe('7.13.0a20260601');
    expect(reasons(choice)[0]).toBe(
      "rocm 7.14.0: its date is not known, so it can't be told whether it was there at --as-of 2026-07-02",
    );
    expect(choice.notes).toEqual([
      'vllm: its place tells no dates, so --as-of 2026-07-02 could not be held against it',
    ]);
  });

  test.each(['yesterday', '2026-02-30', '2026-7-1', ''])('refuses --as-of %s', (asOf) => {
    expect(() => choose(image(three, paired, { asOf }))).toThrow(/is no date/);
  });

  it('waits until something has been out for some days', () => {
    const choice = choose(image({ ...three, vllm: '0.27.1' }, { ...paired, cooldown: 3 }));
    expect(stampOf(choice)).toBe('7.15.0a20260702');
    expect(reasons(choice)[0]).toBe('rocm 7.15.0a20260703: younger than the cooldown of 3 days');
    expect(choice.notes).toEqual([
      'vllm 0.27.1: its age is not known, so the cooldown could not be held against it',
    ]);
  });

  it('counts the cooldown from the date it goes back to', () => {
    const choice = choose(image(three, { ...paired, cooldown: 2 }, { asOf: '2026-07-02' }));
    expect(stampOf(choice)).toBe('7.15.0a20260630');
  });
});
