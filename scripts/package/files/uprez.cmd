@echo off
rem Starts Uprez @VERSION@ with the Node that came along.
"%~dp0..\runtime\node.exe" --max-semi-space-size=2 --optimize-for-size "%~dp0..\app\daemon\dist\uprez.mjs" %*
