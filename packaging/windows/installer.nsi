; The installer. build.py gives VERSION, FOUR_NUMBERS, PUBLISHER, DESCRIPTION, COPYRIGHT, APP_ID, SIZE_KB,
; SOURCE (the frozen folder), ICON, OUT, TARGET; where there is a certificate also SIGN, the command that signs a file.
;
;   SerialBridge-VERSION-Setup.exe [/S] [/AllUsers] [/DesktopIcon] [/D=FOLDER]
;     /S            without a question; a running program is closed and started again after
;     /AllUsers     for everybody, into Program Files; needs an administrator's rights
;   Uninstall.exe [/S] [/DeleteProfiles]
;     Rules of Windows' firewall for its programs are removed, too: that needs an administrator. A person is asked for
;     one where there is a rule; with /S they are removed if it runs elevated, else they stay.
;   Exit codes: 0 done, 1 cancelled, 2 could not be done (no rights), 3 a running program did not close
;
; How a running program is closed: an event whose name is the folder; serialbridge_gui/close_event.py waits for it.
; It stops its bridges in good order, clients are told, settings are saved; 2 s. Nothing is killed.

Unicode true
Target ${TARGET}
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel user
!ifdef QUICK ; for check.py
  SetCompress off
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif

!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"' = 0
!endif

!include MUI2.nsh
!include LogicLib.nsh
!include Sections.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include WinVer.nsh
!include x64.nsh
!include Win\COM.nsh
!include Win\Propkey.nsh

!define NAME "SerialBridge"
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define CLASS "${NAME}.Profile"
!define WINDOW "serialbridge-gui.exe"
!define CONSOLE "serialbridge.exe"
!define CLOSE_SECONDS 20
!define RULES "SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"

Name "${NAME}"
OutFile "${OUT}"
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${FOUR_NUMBERS}"
VIFileVersion "${FOUR_NUMBERS}"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "${NAME} Setup"
VIAddVersionKey "CompanyName" "${PUBLISHER}"
VIAddVersionKey "LegalCopyright" "${COPYRIGHT}"

Var WasRunning ; 1: the window was open, and is opened again after
Var AllUsers

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${NSISDIR}\Contrib\Graphics\Wizard\nsis3-grey.bmp"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION StartProgram
!define MUI_FINISHPAGE_SHOWREADME ""
!define MUI_FINISHPAGE_SHOWREADME_NOTCHECKED
!define MUI_FINISHPAGE_SHOWREADME_TEXT "$(DesktopIcon)"
!define MUI_FINISHPAGE_SHOWREADME_FUNCTION MakeDesktopIcon
!define MUI_COMPONENTSPAGE_NODESC
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString DesktopIcon ${LANG_ENGLISH} "Put an icon on the desktop"
LangString DesktopIcon ${LANG_SIMPCHINESE} "在桌面创建快捷方式"
LangString Profiles ${LANG_ENGLISH} "Delete my bridges and settings, too"
LangString Profiles ${LANG_SIMPCHINESE} "同时删除我的连接配置和设置"
LangString FirewallRule ${LANG_ENGLISH} "Remove the firewall rule (asks an administrator)"
LangString FirewallRule ${LANG_SIMPCHINESE} "从 Windows 防火墙中移除规则（需要管理员同意）"
LangString FirewallStays ${LANG_ENGLISH} "The rules in Windows' firewall stay: an administrator did not agree. They concern only programs in this folder."
LangString FirewallStays ${LANG_SIMPCHINESE} "未获管理员同意，Windows 防火墙中的规则予以保留。它们只涉及此文件夹中的程序。"
LangString ProfileType ${LANG_ENGLISH} "SerialBridge profile"
LangString ProfileType ${LANG_SIMPCHINESE} "SerialBridge 连接配置"
LangString Running ${LANG_ENGLISH} "SerialBridge is running.$\n$\nPress OK: its bridges are stopped in good order and it is closed. The window opens again afterwards."
LangString Running ${LANG_SIMPCHINESE} "SerialBridge 正在运行。$\n$\n按“确定”将停止所有桥接并关闭程序，安装完成后会重新打开窗口。"
LangString UnRunning ${LANG_ENGLISH} "SerialBridge is running.$\n$\nPress OK: its bridges are stopped in good order and it is closed."
LangString UnRunning ${LANG_SIMPCHINESE} "SerialBridge 正在运行。$\n$\n按“确定”将停止所有桥接并关闭程序。"
LangString Waiting ${LANG_ENGLISH} "Waiting until SerialBridge has closed…"
LangString Waiting ${LANG_SIMPCHINESE} "正在等待 SerialBridge 关闭…"
LangString StillRunning ${LANG_ENGLISH} "SerialBridge has not closed. Please close its windows and its console programs, then press Retry."
LangString StillRunning ${LANG_SIMPCHINESE} "SerialBridge 尚未关闭。请关闭其窗口和控制台程序，然后按“重试”。"
LangString NeedsAdministrator ${LANG_ENGLISH} "/AllUsers needs an administrator's rights. Run this from an elevated prompt, or leave out /AllUsers."
LangString NeedsAdministrator ${LANG_SIMPCHINESE} "/AllUsers 需要管理员权限。请在以管理员身份打开的命令提示符中运行，或去掉 /AllUsers。"
LangString NeedsWindows ${LANG_ENGLISH} "SerialBridge needs 64-bit Windows 10 or newer."
LangString NeedsWindows ${LANG_SIMPCHINESE} "SerialBridge 需要 64 位 Windows 10 或更高版本。"

; ---- closing what runs

; Sets `result` to 1 if the program's file cannot be written, which is so while it runs, else to 0.
!macro AskFile file result
  StrCpy ${result} 0
  ${If} ${FileExists} "${file}"
    ClearErrors
    FileOpen ${result} "${file}" a
    ${If} ${Errors}
      StrCpy ${result} 1
    ${Else}
      FileClose ${result}
      StrCpy ${result} 0
    ${EndIf}
  ${EndIf}
!macroend

!macro CloseFunctions un running
Function ${un}IsRunning ; pushes 1 or 0
  Push $R0
  !insertmacro AskFile "$INSTDIR\${WINDOW}" $R0
  ${If} $R0 = 0
    !insertmacro AskFile "$INSTDIR\${CONSOLE}" $R0
  ${EndIf}
  Exch $R0
FunctionEnd

Function ${un}CloseProgram
  Push $0
  Push $1
  Push $2
  !insertmacro AskFile "$INSTDIR\${WINDOW}" $WasRunning
  Call ${un}IsRunning
  Pop $0
  ${If} $0 = 0
    Goto ${un}closed
  ${EndIf}
  MessageBox MB_OKCANCEL|MB_ICONINFORMATION "$(${running})" /SD IDOK IDOK ${un}ask
  SetErrorLevel 1
  Quit
  ${un}ask:
  DetailPrint "$(Waiting)"
  StrCpy $0 $INSTDIR
  System::Call 'user32::CharLowerW(w r0r1)'
  ${WordReplace} "$1" "\" "/" "+" $1
  StrCpy $2 0
  ${Do} ; again and again: one that has just been started does not listen yet
    System::Call 'kernel32::OpenEventW(i 2, i 0, w "Local\${NAME} close $1")p.r0' ; EVENT_MODIFY_STATE
    ${If} $0 P<> 0
      System::Call 'kernel32::SetEvent(p r0)'
      System::Call 'kernel32::CloseHandle(p r0)'
    ${EndIf}
    Sleep 100
    Call ${un}IsRunning
    Pop $0
    IntOp $2 $2 + 100
    ${If} $2 > ${CLOSE_SECONDS}000
      ${ExitDo}
    ${EndIf}
  ${LoopUntil} $0 = 0
  ${If} $0 <> 0
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(StillRunning)" /SD IDCANCEL IDRETRY ${un}ask
    SetErrorLevel 3
    Quit
  ${EndIf}
  ${un}closed:
  Pop $2
  Pop $1
  Pop $0
FunctionEnd
!macroend
!insertmacro CloseFunctions "" Running
!insertmacro CloseFunctions "un." UnRunning

; ---- for whom, and where

Function ReadContext
  StrCpy $AllUsers 0
  SetRegView 64
  SetShellVarContext current
  ClearErrors
  ${GetParameters} $0
  ${GetOptions} $0 "/AllUsers" $1
  ${IfNot} ${Errors}
    StrCpy $AllUsers 1
    SetShellVarContext all
  ${EndIf}
FunctionEnd

Function .onInit
  ${IfNot} ${AtLeastWin10}
  ${OrIfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP "$(NeedsWindows)" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  StrCpy $WasRunning 0
  Call ReadContext
  ${If} $AllUsers = 1
    UserInfo::GetAccountType
    Pop $0
    ${If} $0 != "Admin"
      MessageBox MB_OK|MB_ICONSTOP "$(NeedsAdministrator)" /SD IDOK
      SetErrorLevel 2
      Quit
    ${EndIf}
  ${EndIf}
  ${If} $INSTDIR == "" ; else /D= said where
    ReadRegStr $INSTDIR SHCTX "${KEY}" "InstallLocation"
  ${EndIf}
  ${If} $INSTDIR == ""
    ${If} $AllUsers = 1
      StrCpy $INSTDIR "$PROGRAMFILES64\${NAME}"
    ${Else}
      StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${NAME}"
    ${EndIf}
  ${EndIf}
FunctionEnd

; ---- install

Section "-Program"
  Call CloseProgram
  RMDir /r "$INSTDIR\_internal" ; an older version's files that this one does not have
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}\*"
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  CreateShortCut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${WINDOW}" "" "$INSTDIR\${WINDOW}" 0 SW_SHOWNORMAL "" "${DESCRIPTION}"
  Push "$SMPROGRAMS\${NAME}.lnk"
  Call NameShortcut
  ClearErrors
  ${GetParameters} $0
  ${GetOptions} $0 "/DesktopIcon" $1
  ${IfNot} ${Errors}
    Call MakeDesktopIcon
  ${EndIf}

  WriteRegStr SHCTX "${KEY}" "DisplayName" "${NAME}"
  WriteRegStr SHCTX "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${KEY}" "DisplayIcon" "$INSTDIR\${WINDOW}"
  WriteRegStr SHCTX "${KEY}" "Publisher" "${PUBLISHER}"
  WriteRegStr SHCTX "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${KEY}" "UninstallString" '"$INSTDIR\Uninstall.exe"'
  WriteRegStr SHCTX "${KEY}" "QuietUninstallString" '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD SHCTX "${KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD SHCTX "${KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${KEY}" "NoRepair" 1

  WriteRegStr SHCTX "Software\Classes\.serialbridge" "" "${CLASS}"
  WriteRegStr SHCTX "Software\Classes\${CLASS}" "" "$(ProfileType)"
  WriteRegStr SHCTX "Software\Classes\${CLASS}\DefaultIcon" "" "$INSTDIR\${WINDOW},0"
  WriteRegStr SHCTX "Software\Classes\${CLASS}\shell\open\command" "" '"$INSTDIR\${WINDOW}" "%1"'
  Call TellExplorer
SectionEnd

Function .onInstSuccess
  ; The finish page starts it otherwise. As an administrator it would run with more rights than before.
  ${If} ${Silent}
  ${AndIf} $WasRunning = 1
  ${AndIf} $AllUsers = 0
    Call StartProgram
  ${EndIf}
FunctionEnd

Function StartProgram
  SetOutPath "$INSTDIR"
  ${If} $WasRunning = 1
    Exec '"$INSTDIR\${WINDOW}" --resume'
  ${Else}
    Exec '"$INSTDIR\${WINDOW}"'
  ${EndIf}
FunctionEnd

Function MakeDesktopIcon
  CreateShortCut "$DESKTOP\${NAME}.lnk" "$INSTDIR\${WINDOW}" "" "$INSTDIR\${WINDOW}" 0 SW_SHOWNORMAL "" "${DESCRIPTION}"
  Push "$DESKTOP\${NAME}.lnk"
  Call NameShortcut
FunctionEnd

; Gives the shortcut on the stack the program's AppUserModelID.
Function NameShortcut
  Exch $5
  Push $0
  Push $1
  Push $2
  Push $3
  Push $4
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P<> 0
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r1)'
    ${If} $1 P<> 0
      ${IPersistFile::Load} $1 '("$5",${STGM_READWRITE})'
      ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.r2)'
      ${If} $2 P<> 0
        System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r3'
        System::Call '*(&w64 "${APP_ID}")p.r4'
        System::Call '*(&i2 ${VT_LPWSTR},&i6 0,p r4,p 0)p.r6'
        ${IPropertyStore::SetValue} $2 '($3,$6)'
        ${IPropertyStore::Commit} $2 ""
        System::Free $3
        System::Free $4
        System::Free $6
        ${IUnknown::Release} $2 ""
        ${IPersistFile::Save} $1 '("$5",1)'
      ${EndIf}
      ${IUnknown::Release} $1 ""
    ${EndIf}
    ${IUnknown::Release} $0 ""
  ${EndIf}
  Pop $4
  Pop $3
  Pop $2
  Pop $1
  Pop $0
  Pop $5
FunctionEnd

!macro Tell un
Function ${un}TellExplorer
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)' ; SHCNE_ASSOCCHANGED
FunctionEnd
!macroend
!insertmacro Tell ""
!insertmacro Tell "un."

; ---- uninstall

Function un.HasFirewallRule ; pushes 1 or 0: whether there is one for a program of this folder
  Push $0
  Push $1
  Push $2
  Push $3
  Push $4
  Push $5
  StrCpy $0 0
  StrCpy $1 0
  StrCpy $4 "|App=$INSTDIR\${WINDOW}|"
  StrCpy $5 "|App=$INSTDIR\${CONSOLE}|"
  System::Call 'shlwapi::StrStrIW(w r4, w "%")p.r2'
  ${If} $2 P= 0 ; such a path would not get to netsh as it is
    ${Do}
      EnumRegValue $2 HKLM "${RULES}" $1
      ${If} $2 == ""
        ${ExitDo}
      ${EndIf}
      ReadRegStr $3 HKLM "${RULES}" $2
      System::Call 'shlwapi::StrStrIW(w r3, w r4)p.r2'
      ${If} $2 P= 0
        System::Call 'shlwapi::StrStrIW(w r3, w r5)p.r2'
      ${EndIf}
      ${If} $2 P<> 0
        StrCpy $0 1
      ${EndIf}
      IntOp $1 $1 + 1
    ${LoopUntil} $0 = 1
  ${EndIf}
  Pop $5
  Pop $4
  Pop $3
  Pop $2
  Pop $1
  Exch $0
FunctionEnd

Section "un.${NAME}"
  SectionIn RO
  Call un.CloseProgram
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\${WINDOW}"
  Delete "$INSTDIR\${CONSOLE}"
  Delete "$INSTDIR\Uninstall.exe"
  RMDir "$LOCALAPPDATA\${NAME}\running" ; empty, now that nothing runs
  RMDir /r "$LOCALAPPDATA\${NAME}\log" ; the program's own: neither profiles nor settings
  SetOutPath "$TEMP" ; else the folder below is in use
  RMDir "$INSTDIR" ; stays if there is something of somebody else's in it
  DeleteRegKey SHCTX "${KEY}"
  ReadRegStr $0 SHCTX "Software\Classes\.serialbridge" ""
  ${If} $0 == "${CLASS}"
    DeleteRegKey SHCTX "Software\Classes\.serialbridge"
  ${EndIf}
  DeleteRegKey SHCTX "Software\Classes\${CLASS}"
  DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "${NAME}" ; serialbridge_gui/autostart.py made it
  Call un.TellExplorer
SectionEnd

Section /o "un.$(Profiles)" UnProfiles
  SetShellVarContext current
  RMDir /r "$LOCALAPPDATA\${NAME}"
SectionEnd

; What runs elevated is Windows' own, by its full path, /d: without anybody's AutoRun.
Section /o "un.$(FirewallRule)" UnFirewall
  StrCpy $0 '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name=all dir=in program="$INSTDIR\${WINDOW}"'
  StrCpy $1 '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name=all dir=in program="$INSTDIR\${CONSOLE}"'
  ExecShellWait "runas" "$SYSDIR\cmd.exe" '/d /v:off /s /c "$0 & $1"' SW_HIDE
  Call un.HasFirewallRule
  Pop $0
  ${If} $0 = 1
    DetailPrint "$(FirewallStays)"
  ${EndIf}
SectionEnd

Section "-un.Asked"
  ClearErrors
  ${GetParameters} $0
  ${GetOptions} $0 "/DeleteProfiles" $1
  ${IfNot} ${Errors}
    SetShellVarContext current
    RMDir /r "$LOCALAPPDATA\${NAME}"
  ${EndIf}
SectionEnd

Function un.onInit
  SetRegView 64
  SetShellVarContext current
  ReadRegStr $0 HKLM "${KEY}" "InstallLocation"
  ${If} $0 == $INSTDIR
    SetShellVarContext all
  ${EndIf}
  UserInfo::GetAccountType
  Pop $1
  Call un.HasFirewallRule
  Pop $0
  ${If} $0 = 0
    SectionSetText ${UnFirewall} "" ; not shown
  ${ElseIfNot} ${Silent}
  ${OrIf} $1 == "Admin"
    !insertmacro SelectSection ${UnFirewall}
  ${EndIf}
FunctionEnd
