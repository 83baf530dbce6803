# Installs Uprez @VERSION@ for you alone, below %LOCALAPPDATA%\Programs; `install.ps1 -Remove` takes it away again.
# Written for Windows PowerShell 5.1 and not run by the tests of Uprez, which have no Windows.
param([switch]$Remove)
$ErrorActionPreference = 'Stop'
$place = Join-Path $env:LOCALAPPDATA 'Programs\Uprez'
$bin = Join-Path $place 'bin'
$shortcut = Join-Path ([Environment]::GetFolderPath('Programs')) 'Uprez.lnk'

function Set-OwnPath([string[]]$folders) {
  [Environment]::SetEnvironmentVariable('Path', ($folders -join ';'), 'User')
}
$others = @([Environment]::GetEnvironmentVariable('Path', 'User') -split ';' | Where-Object { $_ -and $_ -ne $bin })

if ($Remove) {
  if (Test-Path (Join-Path $bin 'uprez.cmd')) { & (Join-Path $bin 'uprez.cmd') uninstall }
  Remove-Item $place, $shortcut -Recurse -Force -ErrorAction SilentlyContinue
  Set-OwnPath $others
  Write-Output 'Uprez is removed.'
  return
}

if (Test-Path (Join-Path $bin 'uprez.cmd')) { & (Join-Path $bin 'uprez.cmd') stop 2>$null }
Remove-Item $place -Recurse -Force -ErrorAction SilentlyContinue
Copy-Item $PSScriptRoot $place -Recurse
Set-OwnPath ($others + $bin)
$link = (New-Object -ComObject WScript.Shell).CreateShortcut($shortcut)
$link.TargetPath = Join-Path $bin 'uprez.cmd'
$link.Save()
Write-Output 'Uprez @VERSION@ is installed. Open a new terminal and type: uprez'
