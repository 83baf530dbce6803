# The tray's helper on Windows: draws what the daemon tells it, a line of JSON each (daemon/src/tray/messages.ts).
# For Windows PowerShell 5.1, which every Windows has. Ends when its input does.
$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.Windows.Forms
Add-Type -AssemblyName System.Drawing

$utf8 = New-Object System.Text.UTF8Encoding $false
$reader = New-Object System.IO.StreamReader ([Console]::OpenStandardInput()), $utf8
$writer = New-Object System.IO.StreamWriter ([Console]::OpenStandardOutput()), $utf8
$writer.AutoFlush = $true

function Say($message) {
  $writer.WriteLine((ConvertTo-Json $message -Compress -Depth 4))
}

function Get-Ink {
  $key = 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Themes\Personalize'
  $light = (Get-ItemProperty $key -ErrorAction SilentlyContinue).SystemUsesLightTheme
  if ($light -eq 1) { 'black' } else { 'white' }
}

$script:icons = @{}
$script:waitingMenu = $null
$script:notified = $null
$tray = New-Object System.Windows.Forms.NotifyIcon
$strip = New-Object System.Windows.Forms.ContextMenuStrip
$tray.ContextMenuStrip = $strip
$tray.add_BalloonTipClicked({ if ($script:notified) { Say @{ type = 'click'; id = $script:notified } } })
$tray.add_DoubleClick({ Say @{ type = 'click'; id = '{"do":"dashboard"}' } })
# A menu that is open keeps what it shows until it closes.
$strip.add_Closed({ if ($script:waitingMenu) { Show-Menu $script:waitingMenu } })

function Read-Icons($icons) {
  foreach ($mood in 'idle', 'busy', 'attention') {
    foreach ($ink in 'black', 'white') {
      $bytes = [Convert]::FromBase64String($icons.$mood.$ink)
      $bitmap = New-Object System.Drawing.Bitmap (New-Object System.IO.MemoryStream (, $bytes))
      $script:icons["$mood $ink"] = [System.Drawing.Icon]::FromHandle($bitmap.GetHicon())
    }
  }
}

function Add-Items($owner, $items) {
  foreach ($item in $items) {
    if ($item.kind -eq 'line') { [void]$owner.Add((New-Object System.Windows.Forms.ToolStripSeparator)); continue }
    # A single ampersand would mark the key that selects the item.
    $entry = New-Object System.Windows.Forms.ToolStripMenuItem $item.label.Replace('&', '&&')
    $entry.Tag = $item.id
    if ($item.kind -eq 'note') { $entry.Enabled = $false }
    if ($item.kind -eq 'menu') { Add-Items $entry.DropDownItems $item.items }
    if ($item.kind -eq 'action') {
      $entry.Checked = [bool]$item.checked
      $entry.add_Click({ param($source) Say @{ type = 'click'; id = $source.Tag } })
    }
    [void]$owner.Add($entry)
  }
}

function Show-Menu($menu) {
  $tray.Icon = $script:icons["$($menu.mood) $(Get-Ink)"]
  # 63 characters are what Windows takes.
  $text = "Uprez: $($menu.status)"
  $tray.Text = $text.Substring(0, [Math]::Min(63, $text.Length))
  $tray.Visible = $true
  if ($strip.Visible) { $script:waitingMenu = $menu; return }
  $script:waitingMenu = $null
  $strip.Items.Clear()
  Add-Items $strip.Items $menu.items
}

function Show-Notice($notice) {
  $script:notified = $notice.id
  $text = if ($notice.text) { $notice.text } else { ' ' }
  $tray.ShowBalloonTip(10000, $notice.title, $text, [System.Windows.Forms.ToolTipIcon]::None)
}

function Select-Files($request) {
  $dialog = New-Object System.Windows.Forms.OpenFileDialog
  $dialog.Title = $request.title
  $dialog.Multiselect = $true
  [void]$dialog.ShowDialog()
  Say @{ type = 'picked'; id = $request.id; paths = @($dialog.FileNames) }
}

function Read-Message($message) {
  switch ($message.type) {
    'hello' { Read-Icons $message.icons; Say @{ type = 'ready' } }
    'menu' { Show-Menu $message.menu }
    'notify' { Show-Notice $message }
    'pick' { Select-Files $message }
    'open' { Start-Process $message.url }
    'reveal' { Start-Process explorer.exe -ArgumentList "/select,`"$($message.path)`"" }
    'copy' { [System.Windows.Forms.Clipboard]::SetText($message.text) }
  }
}

# Windows Forms wants to run on this thread, so the input is looked at ten times a second.
$script:line = $reader.ReadLineAsync()
$timer = New-Object System.Windows.Forms.Timer
$timer.Interval = 100
$timer.add_Tick({
    while ($script:line.IsCompleted) {
      $text = $script:line.Result
      if ($null -eq $text) { $timer.Stop(); [System.Windows.Forms.Application]::Exit(); return }
      $script:line = $reader.ReadLineAsync()
      Read-Message (ConvertFrom-Json $text)
    }
  })
$timer.Start()
[System.Windows.Forms.Application]::Run()
$tray.Visible = $false
$tray.Dispose()
