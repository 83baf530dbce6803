@echo off
rem Starts Uprez @VERSION@ with the Node that came along.
"%~dp0..\runtime\node.exe" "%~dp0..\app\daemon\dist\uprez.mjs" %*
