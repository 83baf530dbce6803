// The tray's helper on macOS: draws what the daemon tells it, a line of JSON each (daemon/src/tray/messages.ts). JavaScript
// for Automation, which `osascript` of every macOS runs: methods without parameters are called by naming them. Ends when
// its input does.
/* global ObjC, $ */

ObjC.import('AppKit');

const UTF8 = 4;
let icons;
let target;
let statusItem;
let unread = $.NSMutableData.data;

function say(message) {
  const text = $(`${JSON.stringify(message)}\n`);
  $.NSFileHandle.fileHandleWithStandardOutput.writeData(text.dataUsingEncoding(UTF8));
}

/** A template: the system paints it for light and dark menu bars. */
function image(base64) {
  const picture = $.NSImage.alloc.initWithData($.NSData.alloc.initWithBase64EncodedStringOptions(base64, 0));
  picture.size = $.NSMakeSize(18, 18);
  picture.template = true;
  return picture;
}

function fill(menu, items) {
  menu.autoenablesItems = false;
  for (const item of items) {
    if (item.kind === 'line') {
      menu.addItem($.NSMenuItem.separatorItem);
      continue;
    }
    const entry = $.NSMenuItem.alloc.initWithTitleActionKeyEquivalent(item.label, 'clicked:', '');
    entry.target = target;
    entry.representedObject = $(item.id);
    entry.enabled = item.kind !== 'note';
    if (item.kind === 'action') entry.state = item.checked ? 1 : 0;
    if (item.kind === 'menu') {
      const below = $.NSMenu.alloc.init;
      fill(below, item.items);
      entry.submenu = below;
    }
    menu.addItem(entry);
  }
}

function showMenu({ mood, status, items }) {
  statusItem.button.image = icons[mood];
  statusItem.button.toolTip = `Uprez: ${status}`;
  const menu = $.NSMenu.alloc.init;
  fill(menu, items);
  statusItem.menu = menu;
}

function notify({ title, text }) {
  const application = Application.currentApplication();
  application.includeStandardAdditions = true;
  application.displayNotification(text, { withTitle: title });
}

function pick({ id, title }) {
  const panel = $.NSOpenPanel.openPanel;
  panel.message = title;
  panel.allowsMultipleSelection = true;
  $.NSApplication.sharedApplication.activateIgnoringOtherApps(true);
  const chosen = panel.runModal === 1 ? ObjC.unwrap(panel.URLs).map((url) => ObjC.unwrap(url.path)) : [];
  say({ type: 'picked', id, paths: chosen });
}

function obey(message) {
  const workspace = $.NSWorkspace.sharedWorkspace;
  switch (message.type) {
    case 'hello':
      icons = Object.fromEntries(Object.entries(message.icons).map(([mood, { black }]) => [mood, image(black)]));
      return say({ type: 'ready' });
    case 'menu':
      return showMenu(message.menu);
    case 'notify':
      return notify(message);
    case 'pick':
      return pick(message);
    case 'open':
      return workspace.openURL($.NSURL.URLWithString(message.url));
    case 'reveal':
      return workspace.activateFileViewerSelectingURLs($([$.NSURL.fileURLWithPath(message.path)]));
    case 'copy': {
      const board = $.NSPasteboard.generalPasteboard;
      board.clearContents;
      return board.setStringForType(message.text, 'public.utf8-plain-text');
    }
  }
}

/** Whole lines only: a letter may be cut in two at the end of what was read. */
function receive(bytes) {
  if (bytes.length === 0) return $.NSApplication.sharedApplication.terminate(null);
  unread.appendData(bytes);
  const text = ObjC.unwrap($.NSString.alloc.initWithDataEncoding(unread, UTF8));
  if (text === undefined || !text.endsWith('\n')) return;
  unread = $.NSMutableData.data;
  for (const line of text.split('\n').filter(Boolean)) obey(JSON.parse(line));
}

ObjC.registerSubclass({
  name: 'UprezTrayTarget',
  superclass: 'NSObject',
  methods: {
    'clicked:': {
      types: ['void', ['id']],
      implementation: (sender) => say({ type: 'click', id: ObjC.unwrap(sender.representedObject) }),
    },
    'received:': {
      types: ['void', ['id']],
      implementation: (notification) => {
        const bytes = notification.userInfo.objectForKey('NSFileHandleNotificationDataItem');
        $.NSFileHandle.fileHandleWithStandardInput.readInBackgroundAndNotify;
        receive(bytes);
      },
    },
  },
});

/** osascript calls it. */
function run() {
  const application = $.NSApplication.sharedApplication;
  // Accessory: no icon in the Dock.
  application.setActivationPolicy(1);
  target = $.UprezTrayTarget.alloc.init;
  // −1: as wide as its picture.
  statusItem = $.NSStatusBar.systemStatusBar.statusItemWithLength(-1);
  const input = $.NSFileHandle.fileHandleWithStandardInput;
  const center = $.NSNotificationCenter.defaultCenter;
  center.addObserverSelectorNameObject(target, 'received:', 'NSFileHandleReadCompletionNotification', input);
  input.readInBackgroundAndNotify;
  application.run;
}
