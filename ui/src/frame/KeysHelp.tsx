import { Kbd, Modal } from "@mantine/core";
import { keyList } from "./keys";
import classes from "./KeysHelp.module.css";

/** The list of keys. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keys" size="sm" closeButtonProps={{ "aria-label": "Close" }}>
      <table className={classes.keys}>
        <tbody>
          {keyList.map(({ keys, words }) => (
            <tr key={keys}>
              <th scope="row">
                {keys.split(" ").map((key) => (
                  <Kbd key={key} size="xs">
                    {key}
                  </Kbd>
                ))}
              </th>
              <td>{words}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
