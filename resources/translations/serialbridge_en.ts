<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>BytePane</name>
    <message numerus="yes">
        <source>%n bytes at {offset}</source>
        <translation>
            <numerusform>%n byte at {offset}</numerusform>
            <numerusform>%n bytes at {offset}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n bytes. Select some to see their value.</source>
        <translation>
            <numerusform>%n byte. Select it to see its value.</numerusform>
            <numerusform>%n bytes. Select some to see their value.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Bytes of %n selected rows</source>
        <translation>
            <numerusform>Bytes of %n selected row</numerusform>
            <numerusform>Bytes of %n selected rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>First %n bytes of the selected rows</source>
        <translation>
            <numerusform>First %n byte of the selected rows</numerusform>
            <numerusform>First %n bytes of the selected rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ClosingRules</name>
    <message numerus="yes">
        <source>%n bridges are running.</source>
        <translation>
            <numerusform>%n bridge is running.</numerusform>
            <numerusform>%n bridges are running.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message numerus="yes">
        <source>%n rows</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>GroupingMenu</name>
    <message numerus="yes">
        <source>%n bytes a row</source>
        <translation>
            <numerusform>%n byte a row</numerusform>
            <numerusform>%n bytes a row</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n ms of silence</source>
        <translation>
            <numerusform>%n ms of silence</numerusform>
            <numerusform>%n ms of silence</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LogCells</name>
    <message numerus="yes">
        <source>%n bytes not shown</source>
        <translation>
            <numerusform>%n byte not shown</numerusform>
            <numerusform>%n bytes not shown</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LogPane</name>
    <message numerus="yes">
        <source>Copied %n rows</source>
        <translation>
            <numerusform>Copied %n row</numerusform>
            <numerusform>Copied %n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Copied %n rows, the first of {selected}</source>
        <translation>
            <numerusform>Copied %n row, the first of {selected}</numerusform>
            <numerusform>Copied %n rows, the first of {selected}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Paused: %n new</source>
        <translation>
            <numerusform>Paused: %n new</numerusform>
            <numerusform>Paused: %n new</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LogTable</name>
    <message numerus="yes">
        <source>▼ %n new</source>
        <translation>
            <numerusform>▼ %n new</numerusform>
            <numerusform>▼ %n new</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message numerus="yes">
        <source>%n clients refused</source>
        <translation>
            <numerusform>%n client refused</numerusform>
            <numerusform>%n clients refused</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Devices came back, %n times</source>
        <translation>
            <numerusform>Device came back, %n time</numerusform>
            <numerusform>Devices came back, %n times</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Devices lost, %n times</source>
        <translation>
            <numerusform>Device lost, %n time</numerusform>
            <numerusform>Devices lost, %n times</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SendForm</name>
    <message numerus="yes">
        <source>%n beats skipped</source>
        <translation>
            <numerusform>%n beat skipped</numerusform>
            <numerusform>%n beats skipped</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>repeated %n times</source>
        <translation>
            <numerusform>repeated %n time</numerusform>
            <numerusform>repeated %n times</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message numerus="yes">
        <source>%n clients ▾</source>
        <translation>
            <numerusform>%n client ▾</numerusform>
            <numerusform>%n clients ▾</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message numerus="yes">
        <source>%n more in the window</source>
        <translation>
            <numerusform>%n more in the window</numerusform>
            <numerusform>%n more in the window</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_Counted</name>
    <message numerus="yes">
        <source>Running · %n clients</source>
        <translation>
            <numerusform>Running · %n client</numerusform>
            <numerusform>Running · %n clients</numerusform>
        </translation>
    </message>
</context>
</TS>
