// Paths as Windows and others spell them, through the path libraries of both: drives, shares, case, separators.

import { posix, win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commonFolder, foldersDown, pathFrom, slashed } from '../../server/src/base/paths.ts';
import { canonical, createUris } from '../../server/src/lsp/uris.ts';
import { relativeTo } from '../../server/src/project/policy.ts';

describe('the way from a folder to a file', () => {
  test.each([
    ['/shop', '/shop/a/b.js', posix, 'a/b.js'],
    ['/shop', '/shop', posix, ''],
    ['/shop', '/shopping/a.js', posix, '../shopping/a.js'],
    ['C:\\shop', 'C:\\shop\\a\\b.js', win32, 'a/b.js'],
    ['c:\\Shop', 'C:\\shop\\a.js', win32, 'a.js'],
    ['C:\\', 'C:\\a.js', win32, 'a.js'],
    ['C:\\shop', 'D:\\other\\a.js', win32, 'D:/other/a.js'],
    ['\\\\server\\share\\shop', '\\\\server\\share\\shop\\a\\b.js', win32, 'a/b.js'],
    ['\\\\server\\share', 'C:\\a.js', win32, 'C:/a.js'],
    // A backslash is a letter where it is no separator.
    ['/shop', '/shop/a\\b.js', posix, 'a\\b.js'],
  ])('from %s to %s', (folder, path, lib, way) => expect(pathFrom(folder, path, lib)).toBe(way));
  test('slashes', () => {
    expect(slashed('\\\\server\\share\\a', win32)).toBe('//server/share/a');
    expect(slashed('/a\\b', posix)).toBe('/a\\b');
  });
});

describe('the folders down to a file', () => {
  test.each([
    ['/shop', '/shop/a/b/c.js', posix, ['/shop', '/shop/a', '/shop/a/b']],
    ['/', '/a/c.js', posix, ['/', '/a']],
    ['C:\\', 'C:\\a\\c.js', win32, ['C:\\', 'C:\\a']],
    ['C:\\shop', 'C:\\shop\\c.js', win32, ['C:\\shop']],
    ['C:\\shop', 'D:\\shop\\a\\c.js', win32, ['C:\\shop']],
    ['\\\\s\\x', '\\\\s\\x\\a\\c.js', win32, ['\\\\s\\x', '\\\\s\\x\\a']],
    ['/shop', '/other/c.js', posix, ['/shop']],
  ])('from %s to %s', (root, path, lib, folders) => expect(foldersDown(root, path, lib)).toEqual(folders));
});

describe('the folder that holds all', () => {
  test.each([
    [['/w/a', '/w/b'], '/w', posix, '/w'],
    [['/w/a', '/w/ab'], '/x', posix, '/w'],
    [['C:\\w\\a', 'c:\\W\\b'], 'D:\\', win32, 'C:\\w'],
    [['C:\\w\\a', 'D:\\w'], 'E:\\', win32, 'C:\\'],
    [['\\\\s\\x\\a', '\\\\s\\x\\b'], 'C:\\', win32, '\\\\s\\x\\'],
    [['/w/..a', '/w/b'], '/w', posix, '/w'],
  ])('of %j in %s', (folders, cwd, lib, root) => expect(commonFolder(folders, cwd, lib)).toBe(root));
});

describe('file URIs', () => {
  test.each([
    ['file:///C:/shop/a.js', 'file:///c%3A/shop/a.js'],
    ['file:///c%3A/shop/a.js', 'file:///c%3A/shop/a.js'],
    ['file://server/share/a%20b.js', 'file://server/share/a%20b.js'],
    ['file:///shop/[id].js', 'file:///shop/%5Bid%5D.js'],
  ])('%s has one spelling', (uri, one) => {
    expect(canonical(uri)).toBe(one);
    const uris = createUris();
    expect(uris.learn(uri)).toBe(one);
    // What goes back is spelled as the editor spelled it.
    expect(uris.toClient(one)).toBe(uri);
  });
  test('a share and a drive are below their folders, without escapes', () => {
    expect(relativeTo('file://server/share/shop', 'file://server/share/shop/a%20b.js')).toBe('a b.js');
    expect(relativeTo(canonical('file:///C:/shop'), canonical('file:///c:/shop/x/%5Bid%5D.js'))).toBe(
      'x/[id].js',
    );
    expect(relativeTo('file:///c%3A/shop', 'file:///d%3A/shop/a.js')).toBeUndefined();
  });
});
